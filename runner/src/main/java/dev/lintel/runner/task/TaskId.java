package dev.lintel.runner.task;

/**
 * @param stage id of the stage in the plan
 * @param slot {@code 0..parallelism-1}
 */
public record TaskId(int stage, int slot) {
  @Override
  public String toString() {
    return "stage=" + stage + ", slot=" + slot;
  }
}
