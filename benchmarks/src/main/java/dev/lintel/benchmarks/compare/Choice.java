package dev.lintel.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a user picks by names out of what there is. */
final class Choice {
  private Choice() {}

  /**
   * All, if no name is given. A name may end with {@code *}.
   *
   * @param option what the names were given to
   * @throws IllegalArgumentException if there is nothing of a name
   */
  static <T> List<T> of(
      String option, List<T> all, Function<T, String> nameOf, List<String> names) {
    if (names.isEmpty()) {
      return all;
    }
    for (String name : names) {
      if (all.stream().map(nameOf).noneMatch(fits(name))) {
        throw new IllegalArgumentException(
            "Expected "
                + option
                + " to be of "
                + all.stream().map(nameOf).toList()
                + ", but one is "
                + name);
      }
    }
    List<T> chosen = new ArrayList<>();
    for (T each : all) {
      if (names.stream().anyMatch(name -> fits(name).test(nameOf.apply(each)))) {
        chosen.add(each);
      }
    }
    return chosen;
  }

  private static Predicate<String> fits(String name) {
    return name.endsWith("*")
        ? each -> each.startsWith(name.substring(0, name.length() - 1))
        : each -> each.equals(name);
  }
}
