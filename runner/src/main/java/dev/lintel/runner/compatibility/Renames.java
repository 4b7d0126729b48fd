package dev.lintel.runner.compatibility;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * New names of transforms, from the option {@code --renames=old=new,old2=new2}. The name of a
 * composite renames all that is in it: with {@code A=B}, {@code A/x} becomes {@code B/x}. Of
 * several that fit, the longest counts. In a name, {@code \,} and {@code \=} stand for themselves.
 * Immutable.
 */
public final class Renames {
  /** Splits at a separator that has no backslash before it. */
  private static final Pattern BETWEEN_RENAMES = Pattern.compile("(?<!\\\\),");

  private static final Pattern BETWEEN_NAMES = Pattern.compile("(?<!\\\\)=");

  /** What follows the producer's name in the name of a collection. */
  private static final Pattern OUTPUT = Pattern.compile("\\.[^/]*");

  /** What follows the producer's name in the name of a transform that gathers a collection. */
  private static final Pattern GATHERING = Pattern.compile("\\.[^/]*/GatherView\\d*");

  /** What is between transform and collection in the name of a task's input. */
  private static final String INPUT_SEPARATOR = " < ";

  private final Map<String, String> byOldName;

  private Renames(Map<String, String> byOldName) {
    this.byOldName = Map.copyOf(byOldName);
  }

  /**
   * @param option null or empty: everything keeps its name
   * @throws IllegalArgumentException if it can't be understood; the message is for the user
   */
  public static Renames parse(@Nullable String option) {
    Map<String, String> byOldName = new HashMap<>();
    if (option == null || option.isBlank()) {
      return new Renames(byOldName);
    }
    for (String each : BETWEEN_RENAMES.split(option, -1)) {
      String[] names = BETWEEN_NAMES.split(each, -1);
      if (names.length != 2 || names[0].isBlank() || names[1].isBlank()) {
        throw new IllegalArgumentException(
            "Expected --renames=old=new,old2=new2 with full names of transforms, but found '"
                + each
                + "'. Write '\\,' and '\\=' for a ',' or '=' that belongs to a name");
      }
      String before = byOldName.put(unescaped(names[0]), unescaped(names[1]));
      if (before != null) {
        throw new IllegalArgumentException(
            "Expected one new name for each transform in --renames, but '"
                + unescaped(names[0])
                + "' has '"
                + before
                + "' and '"
                + unescaped(names[1])
                + "'");
      }
    }
    byOldName.keySet().forEach(each -> refuseCycle(each, byOldName));
    return new Renames(byOldName);
  }

  /** What names come to must not change when the same command is started again. */
  private static void refuseCycle(String name, Map<String, String> byOldName) {
    String next = byOldName.get(name);
    for (int i = 0; i < byOldName.size() && next != null && !next.equals(name); i++) {
      next = byOldName.get(next);
    }
    if (name.equals(next)) {
      throw new IllegalArgumentException(
          "Expected --renames that can be applied again when the job is started again, but '"
              + name
              + "' comes back to itself. Give transforms names that the checkpoint does not have");
    }
  }

  private static String unescaped(String name) {
    return name.strip().replace("\\,", ",").replace("\\=", "=");
  }

  /** The name that a transform of the checkpoint has now. */
  public String apply(String transform) {
    return apply(transform, rest -> GATHERING.matcher(rest).matches());
  }

  /** The same for a collection, which is named by its producer. */
  public String applyToCollection(String collection) {
    return apply(collection, rest -> OUTPUT.matcher(rest).matches());
  }

  /** The same for a task's input, {@code transform < collection}. */
  public String applyToInput(String input) {
    int end = input.indexOf(INPUT_SEPARATOR);
    return end < 0
        ? apply(input)
        : apply(input.substring(0, end))
            + INPUT_SEPARATOR
            + applyToCollection(input.substring(end + INPUT_SEPARATOR.length()));
  }

  private interface Rest {
    boolean belongs(String rest);
  }

  private String apply(String name, Rest otherRest) {
    String longest = null;
    for (String old : byOldName.keySet()) {
      if (matches(old, name, otherRest) && (longest == null || old.length() > longest.length())) {
        longest = old;
      }
    }
    return longest == null ? name : byOldName.get(longest) + name.substring(longest.length());
  }

  private static boolean matches(String old, String name, Rest otherRest) {
    if (!name.startsWith(old)) {
      return false;
    }
    String rest = name.substring(old.length());
    return rest.isEmpty() || rest.startsWith("/") || otherRest.belongs(rest);
  }

  /**
   * What is wrong with the renames, in words; empty if nothing.
   *
   * @param stored the transforms of the checkpoint
   * @param planned the transforms of the pipeline
   */
  List<String> problems(Set<String> stored, Set<String> planned) {
    List<String> problems = new ArrayList<>();
    byOldName.forEach(
        (old, name) -> {
          // The job may have been started with them before, and taken checkpoints since.
          if (stored.stream().noneMatch(each -> isIn(each, old) || isIn(each, name))) {
            problems.add("--renames: the checkpoint has no transform '" + old + "'");
          }
          if (planned.stream().noneMatch(each -> isIn(each, name))) {
            problems.add("--renames: the pipeline has no transform '" + name + "'");
          }
        });
    Map<String, String> taken = new HashMap<>();
    Set<String> told = new HashSet<>();
    for (String each : stored.stream().sorted().toList()) {
      String other = taken.putIfAbsent(apply(each), each);
      if (other != null && told.add(apply(each))) {
        problems.add(
            "--renames: '"
                + other
                + "' and '"
                + each
                + "' of the checkpoint would both be '"
                + apply(each)
                + "'. If the job has taken checkpoints under the new names, leave the renames out.");
      }
    }
    return problems;
  }

  private static boolean isIn(String transform, String name) {
    return matches(name, transform, rest -> GATHERING.matcher(rest).matches());
  }

  @Override
  public String toString() {
    return "renames " + byOldName;
  }
}
