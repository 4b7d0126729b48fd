package dev.lintel.runner;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.jspecify.annotations.Nullable;

/**
 * The options whose names other runners use as well, with types and defaults that Lintel can't
 * share: {@code --checkpointDir} is the SparkRunner's, too, {@code --maxBundleSize} the
 * FlinkRunner's. Beam allows one definition of a name in a process, and fails to load its options
 * if there are more.
 *
 * <p>So each of these options has an interface of its own, which is registered only where nobody
 * else on the class path has registered its name. Elsewhere the value is taken from the other
 * definition, by name and only if it is set: what the user says means the same to each of these
 * runners, what they do by default does not.
 *
 * <p>Where none is contested, all of Lintel's options are registered and read as one interface: for
 * each one more, Beam validates the methods of all others again.
 */
final class ContestedOptions {
  private static final List<Class<? extends PipelineOptions>> CONTESTED =
      List.of(CheckpointDirOptions.class, BundleSizeOptions.class);

  private ContestedOptions() {}

  /**
   * Lintel's options as they are to be registered. Part of every start, so that it does without
   * what has to be generated first, such as lambdas.
   *
   * @param others everybody else's options
   */
  static List<Class<? extends PipelineOptions>> toRegister(
      List<Class<? extends PipelineOptions>> others) {
    Set<String> taken = new HashSet<>();
    for (Class<? extends PipelineOptions> each : others) {
      addNames(each.getMethods(), taken);
    }
    List<Class<? extends PipelineOptions>> free = new ArrayList<>();
    for (Class<? extends PipelineOptions> each : CONTESTED) {
      Set<String> own = new HashSet<>();
      addNames(each.getDeclaredMethods(), own);
      if (Collections.disjoint(own, taken)) {
        free.add(each);
      }
    }
    if (free.size() == CONTESTED.size()) {
      return List.of(AllLintelOptions.class);
    }
    free.add(LintelPipelineOptions.class);
    return free;
  }

  private static void addNames(Method[] methods, Set<String> names) {
    for (Method each : methods) {
      names.add(each.getName());
    }
  }

  /** Lintel's view of the options: the one that is registered, which costs the least. */
  static LintelPipelineOptions lintel(PipelineOptions options) {
    return isRegistered(AllLintelOptions.class)
        ? options.as(AllLintelOptions.class)
        : options.as(LintelPipelineOptions.class);
  }

  static @Nullable String checkpointDir(PipelineOptions options) {
    CheckpointDirOptions ours = ours(options, CheckpointDirOptions.class);
    return ours == null ? set(options, "checkpointDir") : ours.getCheckpointDir();
  }

  /**
   * @throws InvalidOptionsException if somebody's definition has let pass what is no number
   */
  static long maxBundleSize(PipelineOptions options) {
    BundleSizeOptions ours = ours(options, BundleSizeOptions.class);
    if (ours != null) {
      return ours.getMaxBundleSize();
    }
    String size = set(options, "maxBundleSize");
    try {
      return size == null ? BundleSizeOptions.MAX_BUNDLE_SIZE : Long.parseLong(size);
    } catch (NumberFormatException e) {
      throw new InvalidOptionsException(
          "Expected --maxBundleSize to be a number, but it is " + size);
    }
  }

  /** The options as those that are contested; null if they are somebody else's. */
  private static <T extends PipelineOptions> @Nullable T ours(
      PipelineOptions options, Class<T> contested) {
    if (contested.isInstance(options)) {
      return contested.cast(options);
    }
    return isRegistered(AllLintelOptions.class) || isRegistered(contested)
        ? options.as(contested)
        : null;
  }

  private static boolean isRegistered(Class<? extends PipelineOptions> options) {
    return PipelineOptionsFactory.getRegisteredOptions().contains(options);
  }

  /**
   * What the option is set to; null if it is not. Display data have what is set, and no defaults.
   */
  private static @Nullable String set(PipelineOptions options, String name) {
    return DisplayData.from(options).items().stream()
        .filter(each -> name.equals(each.getKey()))
        .map(each -> String.valueOf(each.getValue()))
        .filter(each -> !each.isEmpty())
        .findFirst()
        .orElse(null);
  }
}
