package dev.lintel.state;

/** The key groups {@code first} (inclusive) to {@code end} (exclusive) that one slot owns. */
public record KeyGroupRange(int first, int end) {
  public KeyGroupRange {
    if (first < 0 || end < first) {
      throw new IllegalArgumentException(
          "Expected 0 <= first <= end for a key group range, but first=" + first + ", end=" + end);
    }
  }

  public boolean contains(int keyGroup) {
    return keyGroup >= first && keyGroup < end;
  }

  public int size() {
    return end - first;
  }
}
