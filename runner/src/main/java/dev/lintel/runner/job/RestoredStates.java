package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import dev.lintel.runner.job.checkpoint.CheckpointSource;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.StoredSnapshot;
import dev.lintel.state.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of a checkpoint's tasks, brought here and opened all at once, before tasks ask for
 * them: a damaged one is found at the start, whenever it would be needed.
 *
 * <p><i>Ownership:</i> whoever builds the tasks; {@link #open} any task's thread.
 */
final class RestoredStates {
  private static final Logger LOG = LoggerFactory.getLogger(RestoredStates.class);

  private final JobSettings settings;
  private final CheckpointSource source;

  /** By name. Filled before the first task begins, and only read from then on. */
  private final Map<String, CompletableFuture<TaskState>> states = new HashMap<>();

  /** Those that belong to a task, or are closed. */
  private final Set<String> taken = ConcurrentHashMap.newKeySet();

  RestoredStates(JobSettings settings, CheckpointSource source) {
    this.settings = settings;
    this.source = source;
  }

  /**
   * Begins to bring here what there is of a task's state, and to open it.
   *
   * @param entries the tasks of the checkpoint that may have some of it
   * @param transforms those whose state is wanted
   */
  void prepare(
      String name, KeyGroupRange keyGroups, List<TaskEntry> entries, Set<String> transforms) {
    List<CompletableFuture<StoredSnapshot>> from = new ArrayList<>();
    for (TaskEntry each : entries) {
      if (each.state() != null && overlap(each.state().keyGroups(), keyGroups)) {
        from.add(source.fetch(each.state(), name + "-from-" + from.size()));
      }
    }
    if (!from.isEmpty()) {
      states.put(
          name,
          CompletableFuture.allOf(from.toArray(CompletableFuture[]::new))
              .thenApply(
                  fetched ->
                      settings
                          .storage()
                          .backend()
                          .restore(
                              name,
                              keyGroups,
                              settings.maxParallelism(),
                              from.stream().map(CompletableFuture::join).toList(),
                              source.selection(transforms))));
    }
  }

  /** Waits until all are open, or fails if one can't be. */
  void await() {
    states.values().forEach(RestoredStates::join);
    RestorePoint.Fetched fetched = source.fetched();
    LOG.info(
        "Job {} has its state: {} MiB were on this machine, {} MiB came from {}",
        settings.name(),
        fetched.localBytes() >> 20,
        fetched.storedBytes() >> 20,
        source);
  }

  /** Closes what no task has asked for, if need be after waiting for it. */
  void close() {
    states.forEach(
        (name, state) -> {
          @Nullable TaskState left = taken.add(name) ? state.exceptionally(e -> null).join() : null;
          if (left != null) {
            left.close();
          }
        });
  }

  /** A task's state: an empty one if the checkpoint has none. */
  TaskState open(String name, KeyGroupRange keyGroups) {
    CompletableFuture<TaskState> prepared = states.get(name);
    if (prepared == null) {
      return settings.storage().backend().open(name, keyGroups, settings.maxParallelism());
    }
    if (!taken.add(name)) {
      throw new IllegalStateException("Expected one task to ask once for " + name);
    }
    return join(prepared);
  }

  private static TaskState join(CompletableFuture<TaskState> state) {
    try {
      return state.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static boolean overlap(KeyGroupRange one, KeyGroupRange other) {
    return one.first() < other.end() && other.first() < one.end();
  }
}
