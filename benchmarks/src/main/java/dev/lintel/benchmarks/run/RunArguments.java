package dev.lintel.benchmarks.run;

import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.Work.KeyDistribution;
import java.util.ArrayList;
import java.util.List;

/**
 * What the driver tells the program of a run: {@code CASE ELEMENTS KEYS DISTRIBUTION
 * WARM-UP-SECONDS [options of the peer]}.
 */
public record RunArguments(String caseName, Work work, int warmUpSeconds, List<String> options) {
  private static final int FIXED = 5;

  /**
   * @throws IllegalArgumentException if they are not as above
   */
  public static RunArguments parse(List<String> arguments) {
    if (arguments.size() < FIXED) {
      throw new IllegalArgumentException(
          "Expected CASE ELEMENTS KEYS DISTRIBUTION WARM-UP-SECONDS [options], but got "
              + arguments);
    }
    return new RunArguments(
        arguments.get(0),
        new Work(
            Long.parseLong(arguments.get(1)),
            Long.parseLong(arguments.get(2)),
            KeyDistribution.valueOf(arguments.get(3))),
        Integer.parseInt(arguments.get(4)),
        List.copyOf(arguments.subList(FIXED, arguments.size())));
  }

  /** The same run with other options. */
  public RunArguments withOptions(List<String> others) {
    return new RunArguments(caseName, work, warmUpSeconds, others);
  }

  /** What {@link #parse} takes. */
  public List<String> format() {
    List<String> arguments = new ArrayList<>();
    arguments.add(caseName);
    arguments.add(Long.toString(work.elements()));
    arguments.add(Long.toString(work.keys()));
    arguments.add(work.distribution().name());
    arguments.add(Integer.toString(warmUpSeconds));
    arguments.addAll(options);
    return arguments;
  }

  /** The value of an option {@code --NAME=VALUE}. */
  public String option(String name, String otherwise) {
    String prefix = "--" + name + "=";
    return options.stream()
        .filter(each -> each.startsWith(prefix))
        .map(each -> each.substring(prefix.length()))
        .findFirst()
        .orElse(otherwise);
  }
}
