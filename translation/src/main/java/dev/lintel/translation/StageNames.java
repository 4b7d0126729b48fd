package dev.lintel.translation;

import dev.lintel.translation.plan.Operator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names stages for people: the outermost names of what they hold, in the order of an element. */
final class StageNames {
  private static final int LENGTH_MAX = 60;

  private StageNames() {}

  /**
   * For instance {@code ReadLines+CountWords} for the operators {@code ReadLines/Read} and {@code
   * CountWords/Split/ParMultiDo(Split)}. Several stages may get the same name; their ids differ.
   */
  static String of(List<Operator> operators) {
    Set<String> outermost = new LinkedHashSet<>();
    for (Operator each : operators) {
      outermost.add(outermost(each.transform()));
    }
    StringBuilder name = new StringBuilder();
    int left = outermost.size();
    for (String each : outermost) {
      if (name.length() > 0 && name.length() + each.length() >= LENGTH_MAX) {
        return name.append("+(").append(left).append(" more)").toString();
      }
      name.append(name.length() == 0 ? "" : "+").append(each);
      left--;
    }
    return name.toString();
  }

  private static String outermost(String transform) {
    int end = transform.indexOf('/');
    return end < 0 ? transform : transform.substring(0, end);
  }
}
