package dev.lintel.validates.differential;

import dev.lintel.validates.differential.spec.PipelineRequest;
import java.util.List;
import java.util.stream.Collectors;

/** The program behind {@code validates-runner-tests/differential}, which explains its arguments. */
final class DifferentialCommand {
  private DifferentialCommand() {}

  /**
   * @param args the first seed, the number of seeds, then the options of the runner that is tested
   */
  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    List<String> options = List.of(args).subList(2, args.length);
    String replay = "validates-runner-tests/differential" + asFlags(options) + " --seed ";
    if (count == 1) {
      System.out.println(PipelineRequest.ofSeed(first).pipeline().orElseThrow().print());
    }
    int differences;
    try (Differential differential = new Differential(options)) {
      differences =
          differential.compare(
              first,
              count,
              difference -> System.out.println(difference.print(replay)),
              System.out::println);
    }
    System.out.println("seeds=" + count + " differences=" + differences);
    System.exit(differences == 0 ? 0 : 1);
  }

  /** The options of the runner as {@code validates-runner-tests/differential} takes them. */
  private static String asFlags(List<String> options) {
    return options.stream()
        .map(option -> " " + option.replace("--stateBackend=", "--backend="))
        .collect(Collectors.joining());
  }
}
