package dev.lintel.faults;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.faults.subject.DatabaseSubject;
import dev.lintel.faults.subject.KafkaSubject;
import dev.lintel.faults.subject.Launch;
import dev.lintel.faults.subject.Launch.Extras;
import dev.lintel.faults.subject.Launch.Size;
import dev.lintel.faults.subject.Subject;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the command line says.
 *
 * @param kills how many; other faults come beside them
 * @param subject {@code kafka}, {@code database} or {@code database-versions}
 * @param stateBytes how much state the job is given before it is killed
 * @param extras what somebody wants to try
 * @param module the folder of this module, with its {@code target}
 */
record Arguments(
    int kills, long seed, String subject, long stateBytes, Extras extras, Path module) {
  private static final String USAGE =
      "usage: fault-tests/run [--kills N] [--seed S] [--case kafka|database|database-versions]"
          + " [--state 1GB] [--option PIPELINE_OPTION]... [--jvm JVM_FLAG]...";

  /**
   * @throws IllegalArgumentException if they can't be understood
   */
  static Arguments parse(String... args) {
    Arguments parsed = new Arguments(20, 1, "kafka", 0, Extras.NONE, Path.of("fault-tests"));
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(USAGE);
    }
    for (int i = 0; i < args.length; i += 2) {
      parsed = parsed.with(args[i], args[i + 1]);
    }
    if (parsed.stateBytes > 0 && !parsed.subject.equals("kafka")) {
      throw new IllegalArgumentException("Expected --state only with --case kafka");
    }
    return parsed;
  }

  private Arguments with(String option, String value) {
    return switch (option) {
      case "--kills" ->
          new Arguments(Integer.parseInt(value), seed, subject, stateBytes, extras, module);
      case "--seed" ->
          new Arguments(kills, Long.parseLong(value), subject, stateBytes, extras, module);
      case "--case" -> new Arguments(kills, seed, known(value), stateBytes, extras, module);
      case "--state" -> new Arguments(kills, seed, subject, bytes(value), extras, module);
      case "--jvm" ->
          new Arguments(kills, seed, subject, stateBytes, extras.withJvm(value), module);
      case "--option" ->
          new Arguments(kills, seed, subject, stateBytes, extras.withOption(value), module);
      case "--module" -> new Arguments(kills, seed, subject, stateBytes, extras, Path.of(value));
      default ->
          throw new IllegalArgumentException(
              "Expected an option, but found '" + option + "'; " + USAGE);
    };
  }

  private static String known(String subject) {
    if (subject.matches("kafka|database|database-versions")) {
      return subject;
    }
    throw new IllegalArgumentException("Expected a case, but found '" + subject + "'; " + USAGE);
  }

  private static long bytes(String size) {
    String upper = size.toUpperCase(Locale.ROOT);
    if (!upper.matches("[0-9]+(MB|GB)")) {
      throw new IllegalArgumentException(
          "Expected a size such as 100MB or 1GB, but found '" + size + "'");
    }
    long number = Long.parseLong(upper.substring(0, upper.length() - 2));
    return upper.endsWith("GB") ? number << 30 : number << 20;
  }

  Subject subject(Path folder, Path checkpoints, KafkaBroker broker) throws Exception {
    boolean big = stateBytes > 0;
    Launch launch =
        new Launch(
            module.toRealPath(),
            checkpoints,
            folder.resolve(FaultTests.LOCAL),
            big ? new Size("2g", 1_000) : new Size("512m", 300),
            extras);
    return subject.equals("kafka")
        ? new KafkaSubject(seed, launch, broker, stateBytes)
        : new DatabaseSubject(seed, launch, broker, subject.equals("database-versions"));
  }

  /** The command that does the same again. */
  @Override
  public String toString() {
    String state = stateBytes == 0 ? "" : " --state " + (stateBytes >> 20) + "MB";
    StringBuilder more = new StringBuilder();
    extras.options().forEach(each -> more.append(" --option ").append(each));
    extras.jvm().forEach(each -> more.append(" --jvm ").append(each));
    return "fault-tests/run --kills "
        + kills
        + " --seed "
        + seed
        + " --case "
        + subject
        + state
        + more;
  }
}
