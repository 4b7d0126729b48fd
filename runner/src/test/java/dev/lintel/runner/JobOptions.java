package dev.lintel.runner;

import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** What a test's job runs with: what most tests want, until something else is set. */
final class JobOptions {
  private final Map<String, String> options = new TreeMap<>();

  JobOptions(String job) {
    set("runner", "LintelRunner");
    set("jobName", job);
    set("parallelism", "2");
    set("stateBackend", "heap");
    set("blockOnRun", "false");
    set("controlPort", "-1");
  }

  JobOptions set(String option, String value) {
    options.put(option, value);
    return this;
  }

  /**
   * @param more of the form {@code --option=value}
   */
  JobOptions setAll(String... more) {
    for (String each : more) {
      String[] option = each.substring("--".length()).split("=", 2);
      set(option[0], option[1]);
    }
    return this;
  }

  JobOptions unset(String option) {
    options.remove(option);
    return this;
  }

  /** A pipeline without transforms. */
  Pipeline pipeline() {
    String[] args =
        options.entrySet().stream()
            .map(each -> "--" + each.getKey() + "=" + each.getValue())
            .toArray(String[]::new);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(args).create());
  }
}
