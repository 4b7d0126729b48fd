package dev.lintel.runner.spill;

import java.util.ArrayList;
import java.util.List;

/**
 * The runs of one sorter. When {@value #FAN_IN} runs of a tier have come together they are merged
 * into one of the next tier, so that the number of open files and of buffers grows with the
 * logarithm of the data, and each entry is copied once for each tier.
 *
 * <p><i>Ownership:</i> one thread. <i>Invariants:</i> the runs of a higher tier are older.
 */
public final class RunTiers {
  /** Runs that are merged at a time. */
  static final int FAN_IN = 64;

  private final SpillDirectory directory;
  private final boolean indexed;
  private final List<List<SortedRun>> tiers = new ArrayList<>();

  /**
   * @param indexed whether the runs are to be indexed
   */
  public RunTiers(SpillDirectory directory, boolean indexed) {
    this.directory = directory;
    this.indexed = indexed;
  }

  /** A writer of a run, which is to be added when it is finished. */
  public SortedRunWriter newRun() {
    return new SortedRunWriter(directory, indexed);
  }

  public boolean isEmpty() {
    return tiers.isEmpty();
  }

  /** Adds the newest run. */
  public void add(SortedRun run) {
    SortedRun adding = run;
    for (int tier = 0; ; tier++) {
      if (tier == tiers.size()) {
        tiers.add(new ArrayList<>());
      }
      List<SortedRun> runs = tiers.get(tier);
      runs.add(adding);
      if (runs.size() < FAN_IN) {
        return;
      }
      adding = merge(runs);
      runs.forEach(SortedRun::close);
      runs.clear();
    }
  }

  private SortedRun merge(List<SortedRun> runs) {
    SortedRunWriter writer = newRun();
    RunMerger merger = new RunMerger(runs.stream().map(SortedRun::cursor).toList());
    while (merger.next()) {
      writer.append(merger.key(), merger.value());
    }
    return writer.finish();
  }

  /** The runs, the oldest first. */
  public List<SortedRun> runs() {
    List<SortedRun> runs = new ArrayList<>();
    for (List<SortedRun> tier : tiers) {
      runs.addAll(0, tier);
    }
    return runs;
  }

  /** Deletes all runs. */
  public void close() {
    tiers.forEach(tier -> tier.forEach(SortedRun::close));
    tiers.clear();
  }
}
