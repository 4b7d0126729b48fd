package dev.lintel.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.task.TaskCommand;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.junit.jupiter.api.Test;

final class WorkSharingTest {
  private static final TaskId A = new TaskId(4, 0);
  private static final TaskId B = new TaskId(4, 1);
  private static final TaskId C = new TaskId(4, 2);

  private final List<String> said = new ArrayList<>();
  private final WorkSharing sharing =
      new WorkSharing(
          new LinkedHashSet<>(List.of(A, B, C, new TaskId(5, 0))),
          (task, command) -> said.add(task.slot() + " " + command.getClass().getSimpleName()));

  private void wanted(TaskId task) {
    sharing.wanted(new TaskEvent.WorkWanted(task));
  }

  private void shared(TaskId task, String... work) {
    List<WindowedValue<?>> parts = new ArrayList<>();
    for (String each : work) {
      parts.add(WindowedValues.valueInGlobalWindow(each));
    }
    sharing.shared(new TaskEvent.WorkShared(task, parts));
  }

  private List<String> said() {
    List<String> since = List.copyOf(said);
    said.clear();
    return since;
  }

  @Test
  void workGoesToTheTaskThatWantedItFirst() {
    wanted(C);
    assertThat(said()).containsExactly("0 ShareWork");
    wanted(B);
    assertThat(said()).isEmpty();
    shared(A, "half");
    assertThat(said()).containsExactly("2 TakeWork", "0 ShareWork");
    shared(A, "quarter");
    assertThat(said()).containsExactly("1 TakeWork");
  }

  @Test
  void aTaskThatHasNothingToGiveIsAskedAgainAfterAWhile() {
    wanted(B);
    said();
    shared(A);
    assertThat(said()).containsExactly("2 ShareWork");
    shared(C);
    assertThat(said()).isEmpty();
    sharing.progressed(C);
    assertThat(said()).containsExactly("2 ShareWork");
  }

  @Test
  void itEndsWhenNobodyHasWorkLeftAndNothingIsOnItsWay() {
    wanted(A);
    shared(B);
    wanted(B);
    said();
    shared(C, "last");
    assertThat(said()).containsExactly("0 TakeWork", "0 ShareWork");
    wanted(C);
    assertThat(said()).as("A has not answered").isEmpty();
    shared(A);
    assertThat(said()).as("A is at work").isEmpty();
    wanted(A);
    assertThat(said()).containsExactly("0 NoMoreWork", "1 NoMoreWork", "2 NoMoreWork");
    sharing.progressed(A);
    assertThat(said()).isEmpty();
  }

  @Test
  void aPauseDoesNotWaitForWorkThatCannotBeDivided() {
    wanted(B);
    said();

    assertThat(sharing.pause()).as("A has not answered").isFalse();
    assertThat(said()).containsExactly("0 AnswerRequest");
    assertThat(sharing.pause()).as("A has not answered").isFalse();
    assertThat(said()).isEmpty();
    shared(A);
    assertThat(sharing.pause()).isTrue();
    assertThat(said()).as("nobody is asked in the pause").isEmpty();
    sharing.resume();
    assertThat(said()).containsExactly("2 ShareWork");
  }

  /** Tasks with random work and random delays: all of it is done, and then all of them end. */
  @Test
  void nothingIsLostWhateverTheOrder() {
    for (long seed = 0; seed < 300; seed++) {
      new Simulation(seed).run();
    }
  }

  private static final class Simulation {
    private final SplittableRandom random;
    private final String what;
    private final List<Runnable> inFlight = new ArrayList<>();
    private final int[] work = new int[4];
    private final boolean[] told = new boolean[4];
    private final boolean[] ended = new boolean[4];
    private final WorkSharing sharing;
    private int done;
    private final int all;

    Simulation(long seed) {
      random = new SplittableRandom(seed);
      what = "seed " + seed;
      Set<TaskId> tasks = new LinkedHashSet<>();
      int sum = 0;
      for (int i = 0; i < 4; i++) {
        tasks.add(new TaskId(0, i));
        work[i] = random.nextInt(3) == 0 ? random.nextInt(50) : 0;
        sum += work[i];
      }
      all = sum;
      sharing = new WorkSharing(tasks, (task, command) -> send(() -> handle(task.slot(), command)));
    }

    private void send(Runnable message) {
      inFlight.add(message);
    }

    private void handle(int slot, TaskCommand command) {
      if (command instanceof TaskCommand.NoMoreWork) {
        assertThat(work[slot]).as(what).isZero();
        ended[slot] = true;
      } else if (command instanceof TaskCommand.TakeWork take) {
        work[slot] += take.work().size();
        told[slot] = false;
      } else if (command instanceof TaskCommand.ShareWork) {
        List<WindowedValue<?>> given = new ArrayList<>();
        for (int i = work[slot] / 2; i > 0; i--) {
          given.add(WindowedValues.valueInGlobalWindow("part"));
        }
        work[slot] -= given.size();
        send(() -> sharing.shared(new TaskEvent.WorkShared(new TaskId(0, slot), given)));
      }
    }

    void run() {
      for (int step = 0;
          step < 100_000 && !(ended[0] && ended[1] && ended[2] && ended[3]);
          step++) {
        int slot = random.nextInt(4);
        if (random.nextBoolean() && !inFlight.isEmpty()) {
          // Messages of one pair of threads keep their order; the oldest may always come.
          inFlight.remove(0).run();
        } else if (work[slot] > 0) {
          work[slot]--;
          done++;
        } else if (!told[slot]) {
          told[slot] = true;
          send(() -> sharing.wanted(new TaskEvent.WorkWanted(new TaskId(0, slot))));
        } else if (random.nextInt(10) == 0) {
          send(() -> sharing.progressed(new TaskId(0, slot)));
        }
      }
      assertThat(ended).as(what).containsOnly(true);
      assertThat(done).as(what).isEqualTo(all);
    }
  }
}
