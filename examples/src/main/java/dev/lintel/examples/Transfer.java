package dev.lintel.examples;

/**
 * Money that goes from one account to another. As text: {@code FROM TO CENTS}, such as {@code anna
 * ben 1250}.
 */
record Transfer(String from, String to, long cents) {
  /**
   * @throws IllegalArgumentException if the text is no transfer
   */
  static Transfer parse(String text) {
    String[] words = text.strip().split("\\s+");
    if (words.length == 3 && words[2].matches("[0-9]{1,15}")) {
      return new Transfer(words[0], words[1], Long.parseLong(words[2]));
    }
    throw new IllegalArgumentException(
        "Expected a transfer such as 'anna ben 1250' (from, to, cents), but found '" + text + "'");
  }
}
