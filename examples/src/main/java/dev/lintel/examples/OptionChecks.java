package dev.lintel.examples;

/** Checks of numbers among the options, before a pipeline starts. */
final class OptionChecks {
  private OptionChecks() {}

  /** Returns the value of an option, or refuses it. */
  static int atLeast(int min, String option, int value) {
    if (value < min) {
      throw new IllegalArgumentException(
          "Expected --" + option + " of at least " + min + ", but it is " + value + ".");
    }
    return value;
  }
}
