package dev.lintel.benchmarks.compare;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a driver has of the script in {@code benchmarks} that starts it: the folder of the
 * repository and the class paths, as properties.
 *
 * @param name of the script
 */
public record Script(String name) {

  /**
   * @throws IllegalStateException if the driver was started without its script
   */
  public String property(String key) {
    String value = System.getProperty(name + "." + key);
    if (value == null) {
      throw new IllegalStateException(
          "Expected the property " + name + "." + key + ": start it by benchmarks/" + name);
    }
    return value;
  }

  /** The folder of the repository. */
  public Path home() {
    return Path.of(property("home"));
  }

  /** What a user has written. */
  public String command(String... args) {
    return "benchmarks/" + name + " " + String.join(" ", args);
  }

  /** A driver with its options, and {@code --help}. */
  public static CommandLine commandLine(Object driver) {
    CommandLine line = new CommandLine(driver);
    line.getCommandSpec()
        .addOption(OptionSpec.builder("--help").usageHelp(true).description("Print this.").build());
    return line;
  }
}
