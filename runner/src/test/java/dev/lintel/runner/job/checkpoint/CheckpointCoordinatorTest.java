package dev.lintel.runner.job.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.job.checkpoint.CheckpointRequest.Purpose;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckpointCoordinatorTest {
  private static final TaskId A = new TaskId(0, 0);
  private static final TaskId B = new TaskId(1, 0);

  private final List<String> log = new ArrayList<>();
  private final Steps steps = new Steps();
  private long nowMillis;
  private final CheckpointCoordinator coordinator =
      new CheckpointCoordinator(
          new CheckpointSettings(true, 100, 30, 1_000, 1, true, 10), () -> nowMillis, steps);

  private final class Steps implements CheckpointCoordinator.Steps {
    boolean mayBegin = true;
    boolean numberFails;
    boolean prepared = true;
    int announced;
    long number;

    @Override
    public void prepare() {
      announced++;
      if (prepared) {
        coordinator.prepared(A);
        coordinator.prepared(B);
      }
    }

    @Override
    public boolean mayBegin() {
      return mayBegin;
    }

    @Override
    public long number(CheckpointRequest request) {
      if (numberFails) {
        throw new IllegalStateException("no number");
      }
      return ++number;
    }

    @Override
    public void begin(CheckpointUnderWay checkpoint) {
      log.add("begin " + checkpoint.number());
    }

    @Override
    public void store(CheckpointUnderWay checkpoint, TaskId task, TaskSnapshot snapshot) {
      log.add("store " + checkpoint.number() + " of " + task.stage());
    }

    @Override
    public void decide(CheckpointUnderWay checkpoint) {
      log.add("decide " + checkpoint.number());
    }

    @Override
    public void completed(CheckpointUnderWay checkpoint) {
      log.add("completed " + checkpoint.number());
    }

    @Override
    public void giveUp(CheckpointUnderWay checkpoint, Throwable cause) {
      log.add("give up " + checkpoint.number());
    }

    @Override
    public void tooManyFailures(Throwable last) {
      log.add("too many");
    }
  }

  private TaskSnapshot snapshot() {
    StateSnapshot state =
        new StateSnapshot() {
          @Override
          public SnapshotFormat format() {
            return SnapshotFormat.ENTRIES;
          }

          @Override
          public List<SnapshotFile> files() {
            return List.of();
          }

          @Override
          public void close() {
            log.add("closed");
          }
        };
    return new TaskSnapshot(
        new TaskSnapshot.Place("stage", 0, 1, List.of()),
        0,
        0,
        new TaskSnapshot.State(new KeyGroupRange(0, 1), state),
        Map.of(),
        Map.of(),
        Map.of());
  }

  private void taken(TaskId task, long number) {
    coordinator.taken(
        new TaskEvent.SnapshotTaken(task, number, snapshot(), MetricsSnapshot.empty(), 0));
  }

  private void at(long millis) {
    nowMillis = millis;
    coordinator.tick();
  }

  private void complete(long number) {
    taken(A, number);
    taken(B, number);
    coordinator.stored(number);
    coordinator.stored(number);
    coordinator.completed(number);
  }

  private CheckpointRequest request(Purpose purpose, String name) {
    return new CheckpointRequest(
        purpose,
        null,
        new CheckpointRequest.Answer() {
          @Override
          public void completed(long number) {
            log.add(name + " is " + number);
          }

          @Override
          public void failed(Throwable cause) {
            log.add(name + " failed");
          }
        });
  }

  @Test
  void aCheckpointIsDecidedWhenAllSnapshotsAreStored() {
    coordinator.attemptBegan(Set.of(A, B));
    at(99);
    assertThat(log).isEmpty();

    at(100);
    taken(A, 1);
    coordinator.stored(1);
    taken(B, 1);
    assertThat(log).containsExactly("begin 1", "store 1 of 0", "store 1 of 1");
    assertThat(coordinator.isDeciding()).isFalse();

    coordinator.stored(1);
    assertThat(coordinator.isDeciding()).isTrue();
    coordinator.completed(1);
    assertThat(log.subList(3, log.size())).containsExactly("decide 1", "completed 1");
    assertThat(coordinator.lastCompleted()).isEqualTo(1);
  }

  @Test
  void itBeginsWhenAllTasksHavePreparedOrHadTheirTime() {
    steps.prepared = false;
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    coordinator.prepared(A);
    at(150);
    assertThat(log).isEmpty();

    coordinator.prepared(B);
    assertThat(log).containsExactly("begin 1");
    complete(1);
    log.clear();

    at(250);
    coordinator.prepared(A);
    at(10_249);
    assertThat(log).isEmpty();
    at(10_250);
    assertThat(log).containsExactly("begin 2");
  }

  @Test
  void itIsAnnouncedShortlyBefore() {
    coordinator.attemptBegan(Set.of(A, B));
    assertThat(coordinator.nextMillis()).isEqualTo(75);
    at(74);
    assertThat(steps.announced).isZero();
    at(75);
    assertThat(steps.announced).isEqualTo(1);
    assertThat(coordinator.nextMillis()).isEqualTo(100);
    at(99);
    assertThat(log).isEmpty();
    at(100);
    assertThat(log).containsExactly("begin 1");
  }

  @Test
  void oneThatBeginsLateDoesNotPutOffTheNext() {
    steps.prepared = false;
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    steps.prepared = true;
    nowMillis = 130;
    coordinator.prepared(A);
    coordinator.prepared(B);
    nowMillis = 140;
    complete(1);
    at(199);
    assertThat(log).endsWith("completed 1");
    at(200);
    assertThat(log).endsWith("begin 2");
  }

  @Test
  void whatAUserAsksForIsNotPrepared() {
    steps.prepared = false;
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    coordinator.request(request(Purpose.SAVEPOINT, "savepoint"));
    assertThat(log).containsExactly("begin 1");
  }

  @Test
  void thereIsAPauseBetweenCheckpoints() {
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    nowMillis = 190;
    complete(1);
    log.clear();

    at(200);
    at(219);
    assertThat(log).isEmpty();
    at(220);
    assertThat(log).containsExactly("begin 2");
  }

  @Test
  void oneThatTakesTooLongIsGivenUpAndItsLateSnapshotsAreClosed() {
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    taken(A, 1);
    log.clear();

    at(1_100);
    taken(B, 1);

    assertThat(log).containsExactly("give up 1", "closed");
    at(1_130);
    assertThat(log).endsWith("begin 2");
    assertThat(coordinator.lastCompleted()).isZero();
  }

  @Test
  void moreFailuresInARowThanAreToleratedAreReported() {
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    coordinator.failed(1, new IllegalStateException("disk"));
    at(200);
    complete(2);
    at(300);
    coordinator.failed(3, new IllegalStateException("disk"));
    at(400);
    assertThat(log).doesNotContain("too many");

    coordinator.failed(4, new IllegalStateException("disk"));
    assertThat(log).endsWith("give up 4", "too many");
  }

  @Test
  void aSavepointWaitsForTheCheckpointThatIsUnderWay() {
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    coordinator.request(request(Purpose.SAVEPOINT, "savepoint"));
    assertThat(log).containsExactly("begin 1");

    complete(1);

    assertThat(log).endsWith("completed 1", "begin 2");
    complete(2);
    assertThat(log).endsWith("completed 2", "savepoint is 2");
  }

  @Test
  void whatIsOnItsWayBetweenSlotsPutsACheckpointOff() {
    coordinator.attemptBegan(Set.of(A, B));
    steps.mayBegin = false;
    at(100);
    assertThat(log).isEmpty();

    steps.mayBegin = true;
    at(101);
    assertThat(log).containsExactly("begin 1");
  }

  @Test
  void theLastCheckpointOfAnAttemptIsNotThatOfTheNext() {
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    coordinator.request(request(Purpose.LAST, "last"));
    coordinator.attemptEnded(new IllegalStateException("failed"));
    log.clear();

    coordinator.attemptBegan(Set.of(A, B));
    at(150);

    assertThat(log).isEmpty();
  }

  @Test
  void withTheTasksTheirCheckpointEndsUnlessItIsBeingDecided() {
    coordinator.attemptBegan(Set.of(A, B));
    coordinator.request(request(Purpose.LAST, "last"));
    taken(A, 1);
    coordinator.attemptEnded(new IllegalStateException("failed"));
    assertThat(log).endsWith("last failed");
    coordinator.stored(1);
    assertThat(coordinator.isDeciding()).isFalse();

    coordinator.attemptBegan(Set.of(A, B));
    at(200);
    taken(A, 2);
    taken(B, 2);
    coordinator.stored(2);
    coordinator.stored(2);
    coordinator.attemptEnded(new IllegalStateException("failed"));
    assertThat(coordinator.isDeciding()).isTrue();
    coordinator.completed(2);
    assertThat(coordinator.isDeciding()).isFalse();
    assertThat(coordinator.lastCompleted()).isEqualTo(2);
  }

  @Test
  void theTimeOfARequestCountsFromWhenItWasMade() {
    coordinator.attemptBegan(Set.of(A, B));
    at(100);
    nowMillis = 300;
    coordinator.request(request(Purpose.STOP, "stop"));
    assertThat(coordinator.nextMillis()).isEqualTo(1_100);
    at(1_100);
    assertThat(log).containsExactly("begin 1", "give up 1", "begin 2");

    taken(A, 2);
    assertThat(coordinator.nextMillis()).isEqualTo(1_300);
    at(1_299);
    assertThat(log).doesNotContain("stop failed");
    at(1_300);
    assertThat(log).endsWith("give up 2", "stop failed");
  }

  @Test
  void aRequestThatNeverGetsItsTurnFails() {
    coordinator.attemptBegan(Set.of(A));
    steps.mayBegin = false;
    coordinator.request(request(Purpose.STOP, "stop"));
    coordinator.request(request(Purpose.LAST, "last"));
    at(999);
    assertThat(log).isEmpty();
    at(1_000);
    assertThat(log).containsExactly("stop failed");

    steps.mayBegin = true;
    at(5_000);
    assertThat(log).containsExactly("stop failed", "begin 1");
  }

  @Test
  void whoStopsTheJobASecondTimeGetsTheSameCheckpoint() {
    coordinator.attemptBegan(Set.of(A, B));
    coordinator.request(request(Purpose.STOP, "stop"));
    coordinator.request(request(Purpose.STOP, "again"));
    coordinator.request(request(Purpose.ASKED_FOR, "other"));
    complete(1);
    assertThat(log).endsWith("completed 1", "stop is 1", "again is 1");

    at(5_000);
    coordinator.attemptEnded(new IllegalStateException("ended"));
    coordinator.jobEnded(new IllegalStateException("ended"));
    assertThat(log).endsWith("again is 1", "other failed");
  }

  @Test
  void whoAsksAgainAtOnceIsStoppedByTooManyFailures() {
    coordinator.attemptBegan(Set.of(A));
    steps.numberFails = true;
    List<String> ended = new ArrayList<>();
    CheckpointRequest.Answer again =
        new CheckpointRequest.Answer() {
          @Override
          public void completed(long number) {
            ended.add("completed");
          }

          @Override
          public void failed(Throwable cause) {
            if (log.contains("too many")) {
              ended.add(cause.getMessage());
            } else {
              coordinator.request(new CheckpointRequest(Purpose.LAST, null, this));
            }
          }
        };
    coordinator.request(new CheckpointRequest(Purpose.LAST, null, again));
    assertThat(log).containsExactly("too many");
    assertThat(ended).containsExactly("no number");
  }

  @Test
  void theErrorOfATimeoutNamesTheTasks() {
    assertThat(CheckpointTimeoutException.notComplete(7, 500, List.of("stage Slow, slot 0"), 3))
        .hasMessageContaining("checkpoint 7")
        .hasMessageContaining("1 of 3 tasks")
        .hasMessageContaining("(stage Slow, slot 0)");
    assertThat(CheckpointTimeoutException.notBegun(500, 7)).hasMessageContaining("checkpoint 7 is");
  }
}
