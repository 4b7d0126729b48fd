package dev.lintel.runner.simulation;

/** The last turns of a story. */
final class Trace {
  private static final int SIZE = Integer.getInteger("trace", 60);

  private final Line[] lines = new Line[SIZE];
  private int next;
  private long hash;

  private record Line(int turn, long millis, SimulatedProcess process, Object what) {
    @Override
    public String toString() {
      return turn + " at " + millis + " ms: " + process + ": " + what;
    }
  }

  void add(int turn, long millis, SimulatedProcess process, Object what) {
    lines[next++ % SIZE] = new Line(turn, millis, process, what);
    hash = hash * 31 + turn * 7L + millis + process.index();
  }

  /** The same for the same story. */
  long hash() {
    return hash;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = Math.max(0, next - SIZE); i < next; i++) {
      text.append("  ").append(lines[i % SIZE]).append('\n');
    }
    return text.toString();
  }
}
