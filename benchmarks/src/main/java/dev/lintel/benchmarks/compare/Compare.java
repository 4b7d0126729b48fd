package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.run.CaseCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command {@code benchmarks/compare}. */
@Command(
    name = "compare",
    sortOptions = false,
    description =
        "Runs cases on Lintel and its peers in turns, each run in a JVM of its own with the same"
            + " heap, checks the results, and writes tables of the medians to benchmarks/results.")
final class Compare implements Callable<Integer> {
  private static final Script SCRIPT = new Script("compare");
  private static final long QUICK_DIVISOR = 10;
  private static final String FAILED_LINE =
      "At least one run failed or gave a wrong result: see the tables.";

  @Option(names = "--cases", split = ",", description = "Which cases (default: all).")
  private List<String> cases = List.of();

  @Option(names = "--peers", split = ",", description = "Which peers (default: all).")
  private List<String> peers = List.of();

  @Option(
      names = "--works",
      description = "Only sizes that this expression is found in, such as \"1 M keys, zipf\".")
  private String works = "";

  @Option(names = "--quick", description = "One round, a tenth of the elements and keys.")
  private boolean quick;

  @Option(names = "--rounds", description = "Measured runs of each peer (default: 3).")
  private int rounds = 3;

  @Option(
      names = "--warm-up-seconds",
      description =
          "How long runs on a quarter of the elements are repeated, unmeasured, before each, in its"
              + " JVM; 0 for none (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds = Settings.WARM_UP_SECONDS;

  @Option(names = "--elements", description = "At most so many elements, with the same keys.")
  private long elementsMax = Long.MAX_VALUE;

  @Option(names = "--divide", description = "So many times fewer elements and keys.")
  private long divisor = 1;

  @Option(
      names = "--limit-seconds",
      description =
          "A run that takes longer is ended, and tried again with a quarter of the work"
              + " (default: ${DEFAULT-VALUE}).")
  private long limitSeconds = 120;

  @Mixin private JvmOptions jvmOptions = new JvmOptions();

  @Option(names = "--name", description = "Names the files of the results.")
  private String name = "compare";

  @Option(names = "--results", description = "The folder of the results.")
  private Path results = Path.of("benchmarks", "results");

  @Option(names = "--list", description = "Print the cases and the peers, and run nothing.")
  private boolean list;

  private final Path home;
  private final ClassPaths classPaths;
  private String command = "";

  Compare(Path home, ClassPaths classPaths) {
    this.home = home;
    this.classPaths = classPaths;
  }

  /** The script hands in the folder of the repository and the class paths as properties. */
  public static void main(String[] args) {
    Path home = SCRIPT.home();
    Map<String, String> reactor =
        Map.of(
            Peer.LINTEL, SCRIPT.property("lintel"),
            Peer.LINTEL_ARCHIVE, SCRIPT.property("lintel"),
            Peer.LINTEL_KAFKA, SCRIPT.property("kafka"),
            Peer.LIMITS, SCRIPT.property("limits"),
            BrokerProcess.CLASS_PATH, SCRIPT.property("broker"));
    Compare compare = new Compare(home, new ClassPaths(home, SCRIPT.property("program"), reactor));
    System.exit(compare.execute(args));
  }

  /** 0 if every run was right, 1 if one was not, 2 if the arguments are wrong. */
  int execute(String... args) {
    command = SCRIPT.command(args);
    return Script.commandLine(this).execute(args);
  }

  @Override
  public Integer call() throws IOException {
    List<BenchmarkCase> chosenCases =
        choose("--cases", CaseCatalog.cases(), BenchmarkCase::name, cases);
    List<Peer> chosenPeers = choose("--peers", Peers.all(), Peer::name, peers);
    if (list) {
      chosenCases.forEach(each -> System.out.println("case " + each.name() + ": " + each.title()));
      chosenPeers.forEach(each -> System.out.println("peer " + each.name() + ": " + each.title()));
      return 0;
    }
    return compare(chosenCases, chosenPeers);
  }

  private int compare(List<BenchmarkCase> chosenCases, List<Peer> chosenPeers) throws IOException {
    Path folder = home.resolve(results);
    Results written = new Results(folder, name, facts());
    try (BrokerProcess broker = new BrokerProcess(settings().java(), classPaths)) {
      Path logs = home.resolve("benchmarks/target/runs").resolve(name);
      ChildJvm jvm = new ChildJvm(settings(), classPaths, logs);
      Comparison comparison = new Comparison(jvm, broker, settings(), System.err::println);
      jvm.clean();
      for (BenchmarkCase benchmark : chosenCases) {
        for (Work work : chosenWorks(benchmark)) {
          List<Row> rows = Comparison.rows(benchmark, work, chosenPeers);
          if (!rows.isEmpty()) {
            written.add(rows);
            comparison.run(rows, written);
            System.out.print(Tables.ratios(rows));
          }
        }
      }
    }
    System.out.println("Written: " + written.table());
    if (written.hasFailures()) {
      System.err.println(FAILED_LINE);
      return 1;
    }
    return 0;
  }

  private <T> List<T> choose(
      String option, List<T> all, Function<T, String> nameOf, List<String> names) {
    try {
      return Choice.of(option, all, nameOf, names);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Script.commandLine(this), e.getMessage(), e);
    }
  }

  private List<Work> chosenWorks(BenchmarkCase benchmark) {
    Pattern wanted = Pattern.compile(works);
    List<Work> chosen = new ArrayList<>();
    for (Work each : benchmark.works()) {
      if (wanted.matcher(each.describe()).find()) {
        Work less = each.dividedBy(quick ? divisor * QUICK_DIVISOR : divisor);
        chosen.add(less.withElements(Math.min(less.elements(), elementsMax)));
      }
    }
    return chosen;
  }

  private Settings settings() {
    return new Settings(
        quick ? 1 : rounds,
        warmUpSeconds,
        jvmOptions.heap(),
        Duration.ofSeconds(limitSeconds),
        jvmOptions.java(),
        jvmOptions.profile());
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>(Machine.describe(home));
    facts.put(
        "peers", "Beam 2.70.0 and Flink 1.19 / Spark 3.5; DirectRunner and Lintel: Beam 2.73.0");
    facts.put(
        "runs",
        String.format(
            Locale.ROOT,
            "%d rounds in turns, each run in a JVM of its own with -Xmx%s after %s; elements/s"
                + " is the median, over the seconds from run() to the end of the pipeline",
            settings().rounds(),
            jvmOptions.heap(),
            Settings.describeWarmUp(warmUpSeconds)));
    facts.put("command", "`" + command + "`");
    return facts;
  }
}
