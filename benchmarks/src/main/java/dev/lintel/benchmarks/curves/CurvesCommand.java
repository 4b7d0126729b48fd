package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.compare.ChildJvm;
import dev.lintel.benchmarks.compare.Choice;
import dev.lintel.benchmarks.compare.ClassPaths;
import dev.lintel.benchmarks.compare.JvmOptions;
import dev.lintel.benchmarks.compare.Machine;
import dev.lintel.benchmarks.compare.Peer;
import dev.lintel.benchmarks.compare.Script;
import dev.lintel.benchmarks.compare.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command {@code benchmarks/curves}. */
@Command(
    name = "curves",
    sortOptions = false,
    description =
        "Measures how Lintel's throughput, memory and checkpoints depend on sizes, each run in a JVM of its own,"
            + " and writes tables to benchmarks/results and pictures to docs.")
final class CurvesCommand implements Callable<Integer> {
  private static final Script SCRIPT = new Script("curves");
  private static final long QUICK_DIVISOR = 10;
  private static final String NAME = "curves";

  @Option(names = "--curves", split = ",", description = "Which curves (default: all).")
  private List<String> names = List.of();

  @Option(
      names = "--points",
      description =
          "Only points that this expression is found in, such as \"stateful.* at 1 M\". The other points"
              + " of the curve are kept, as with --add.")
  private String points = "";

  @Option(
      names = "--add",
      description = "Add to the runs that the results have, instead of replacing them.")
  private boolean add;

  @Option(
      names = "--quick",
      description =
          "One round, a tenth of the elements, keys and bytes; with other files, none of them in docs.")
  private boolean quick;

  @Option(names = "--rounds", description = "Measured runs of each point (default: 3).")
  private int rounds = 3;

  @Option(names = "--divide", description = "So many times fewer elements, keys and bytes.")
  private long divisor = 1;

  @Option(
      names = "--limit-seconds",
      description = "A run that takes longer is ended, and noted (default: ${DEFAULT-VALUE}).")
  private long limitSeconds = 150;

  @Mixin private JvmOptions jvmOptions = new JvmOptions();

  @Option(names = "--draw", description = "Run nothing: draw what the results have.")
  private boolean draw;

  @Option(names = "--name", description = "Names the files (default: curves, or curves-quick).")
  private String name = "";

  @Option(names = "--results", description = "The folder of the results.")
  private Path results = Path.of("benchmarks", "results");

  @Option(names = "--pictures", description = "The folder of the pictures (default: docs).")
  private Path pictures = Path.of("");

  @Option(names = "--list", description = "Print the curves, and run nothing.")
  private boolean list;

  private final Path home;
  private final ClassPaths classPaths;
  private String command = "";

  CurvesCommand(Path home, ClassPaths classPaths) {
    this.home = home;
    this.classPaths = classPaths;
  }

  /** The script hands in the folder of the repository and the class paths as properties. */
  public static void main(String[] args) {
    Path home = SCRIPT.home();
    Map<String, String> reactor =
        Map.of(Peer.LINTEL, SCRIPT.property("lintel"), Peer.LIMITS, SCRIPT.property("limits"));
    ClassPaths classPaths = new ClassPaths(home, SCRIPT.property("program"), reactor);
    System.exit(new CurvesCommand(home, classPaths).execute(args));
  }

  /** 0 if every run was right, 1 if one was not, 2 if the arguments are wrong. */
  int execute(String... args) {
    command = SCRIPT.command(args);
    return Script.commandLine(this).execute(args);
  }

  @Override
  public Integer call() throws IOException {
    List<Curve> all = Curves.all(quick ? divisor * QUICK_DIVISOR : divisor);
    List<Curve> chosen = choose(all);
    if (list) {
      chosen.forEach(each -> System.out.println(each.name() + ": " + each.title()));
      return 0;
    }
    CurveFiles files =
        new CurveFiles(home.resolve(results), home.resolve(pictureFolder()), fileName(), all);
    if (draw) {
      files.write();
      return 0;
    }
    boolean failed = false;
    for (Curve curve : chosen) {
      Runs runs = add || !points.isEmpty() ? files.runs(curve) : new Runs();
      runs.measuredBy(facts(curve));
      Predicate<String> wanted = Pattern.compile(points).asPredicate();
      ChildJvm jvm = jvm(curve);
      jvm.clean();
      new Measuring(jvm, quick ? 1 : rounds, System.err::println)
          .run(curve, wanted, runs, soFar -> files.put(curve, soFar));
      failed |= runs.hasNotes();
      System.out.print(CurveTables.markdown(curve, runs));
    }
    System.out.println("Written: " + files.table());
    if (failed) {
      System.err.println("At least one run failed or was too slow: see the tables.");
    }
    return failed ? 1 : 0;
  }

  private List<Curve> choose(List<Curve> all) {
    try {
      return Choice.of("--curves", all, Curve::name, names);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Script.commandLine(this), e.getMessage(), e);
    }
  }

  private String fileName() {
    if (!name.isEmpty()) {
      return name;
    }
    return quick ? NAME + "-quick" : NAME;
  }

  private Path pictureFolder() {
    if (!pictures.toString().isEmpty()) {
      return pictures;
    }
    return quick ? Path.of("benchmarks", "target", "pictures") : Path.of("docs");
  }

  private ChildJvm jvm(Curve curve) {
    List<String> start = new ArrayList<>(jvmOptions.java());
    start.addAll(curve.jvm());
    Settings settings =
        new Settings(
            rounds,
            curve.warmUpSeconds(),
            jvmOptions.heap(),
            Duration.ofSeconds(limitSeconds),
            start,
            jvmOptions.profile());
    return new ChildJvm(
        settings, classPaths, home.resolve("benchmarks/target/runs").resolve(fileName()));
  }

  private Map<String, String> facts(Curve curve) {
    Map<String, String> facts = new LinkedHashMap<>(Machine.describe(home));
    facts.put("begun", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
    facts.put(
        "runs",
        "in turns, each in a JVM of its own with -Xmx%s after %s; median (smallest – largest)"
            .formatted(jvmOptions.heap(), Settings.describeWarmUp(curve.warmUpSeconds())));
    facts.put("command", "`" + command + "`");
    return facts;
  }
}
