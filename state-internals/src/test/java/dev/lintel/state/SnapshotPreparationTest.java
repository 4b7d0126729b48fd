package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.snapshot.StateSnapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotPreparationTest {
  private static final int KEYS = 50_000;
  private static final int STEP = 64;
  private static final int FEW = 300;

  private final Keys keys = new Keys();
  private final Files files = new Files();
  private final SnapshotPreparation preparation = new SnapshotPreparation(List.of(keys), files);
  private final SplittableRandom random = new SplittableRandom(7);

  /** Keys that are in memory, or written. */
  private static final class Keys implements StoredPart {
    private final Set<Integer> unwritten = new HashSet<>();
    private Set<Integer> pass = new HashSet<>();
    private int written;

    void change(int key) {
      unwritten.add(key);
    }

    @Override
    public void flush() {
      written += unwritten.size();
      unwritten.clear();
    }

    @Override
    public boolean flushSome(int entriesMax) {
      if (pass.isEmpty()) {
        pass = new HashSet<>(unwritten);
      }
      for (Integer each : List.copyOf(pass).subList(0, Math.min(entriesMax, pass.size()))) {
        pass.remove(each);
        unwritten.remove(each);
        written++;
      }
      return !pass.isEmpty();
    }

    @Override
    public int unwritten() {
      return unwritten.size();
    }
  }

  /** A store whose memory goes to files when it is told to, and somebody has done it. */
  private static final class Files implements Snapshots {
    private boolean writing;

    @Override
    public StateSnapshot take() {
      throw new UnsupportedOperationException();
    }

    @Override
    public StateSnapshot takePortable() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void prepare() {
      writing = true;
    }

    @Override
    public boolean isPreparing() {
      return writing;
    }
  }

  private Preparation step() {
    return preparation.step(STEP, FEW);
  }

  /** A bundle between two steps; fewer changes than a step writes. */
  private void bundle() {
    for (int i = 0; i < 30; i++) {
      keys.change(random.nextInt(KEYS));
    }
  }

  @Test
  void passesGetShorterAlthoughWorkGoesOn() {
    for (int key = 0; key < KEYS; key++) {
      keys.change(key);
    }

    while (step() == Preparation.WORKED) {
      bundle();
    }

    assertThat(keys.unwritten()).isLessThanOrEqualTo(FEW);
    assertThat(keys.written).as("entries written, some again").isLessThan(3 * KEYS);
  }

  @Test
  void itIsDoneWhenTheStoreIsAndStaysSo() {
    for (int key = 0; key < FEW * 2; key++) {
      keys.change(key);
    }
    Preparation last = step();
    while (last == Preparation.WORKED) {
      last = step();
    }
    assertThat(last).isEqualTo(Preparation.WAITING);

    files.writing = false;
    for (int i = 0; i < 1_000; i++) {
      bundle();
      step();
      files.writing = false;
      assertThat(keys.unwritten()).isLessThan(FEW + STEP);
    }
  }

  @Test
  void littleIsLeftToTheSnapshot() {
    keys.change(1);

    assertThat(step()).isNotEqualTo(Preparation.WORKED);
    assertThat(keys.unwritten()).isOne();
  }
}
