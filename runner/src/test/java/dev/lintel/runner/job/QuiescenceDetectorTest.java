package dev.lintel.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.task.TaskEvent.FrameCounts;
import dev.lintel.runner.task.TaskId;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuiescenceDetectorTest {
  private static final TaskId A = new TaskId(0, 0);
  private static final TaskId B = new TaskId(1, 0);

  private final QuiescenceDetector detector = new QuiescenceDetector();

  @Test
  void twoEqualRoundsAreNeeded() {
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 3))).isFalse();
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 3))).isTrue();
  }

  @Test
  void aFrameInFlightIsSeen() {
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 2))).isFalse();
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 2))).isFalse();
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 3))).isFalse();
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 3))).isTrue();
  }

  @Test
  void aFrameSentBehindTheProbeDoesNotFoolIt() {
    // A answers, then sends a frame that B receives before it answers, while another of A's was
    // still under way.
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 3))).isFalse();
    assertThat(round(new FrameCounts(4, 0), new FrameCounts(0, 4))).isFalse();
    assertThat(round(new FrameCounts(4, 0), new FrameCounts(0, 4))).isTrue();
  }

  @Test
  void aNewQuestionStartsAfresh() {
    round(new FrameCounts(3, 0), new FrameCounts(0, 3));
    detector.restart();
    assertThat(round(new FrameCounts(3, 0), new FrameCounts(0, 3))).isFalse();
  }

  @Test
  void anEndedTaskCountsButIsNotAsked() {
    detector.ended(A, new FrameCounts(3, 0));
    long round = detector.begin(Set.of(A, B));
    detector.answered(B, round, new FrameCounts(0, 3));
    assertThat(detector.isRoundComplete()).isTrue();
    assertThat(detector.isQuiescent()).isFalse();
    round = detector.begin(Set.of(B));
    detector.answered(B, round, new FrameCounts(0, 3));
    assertThat(detector.isQuiescent()).isTrue();
  }

  @Test
  void anAnswerToAnEarlierRoundIsIgnored() {
    long first = detector.begin(Set.of(A));
    detector.begin(Set.of(A));
    detector.answered(A, first, new FrameCounts(0, 0));
    assertThat(detector.isRoundComplete()).isFalse();
  }

  private boolean round(FrameCounts a, FrameCounts b) {
    long round = detector.begin(Set.of(A, B));
    detector.answered(A, round, a);
    assertThat(detector.isRoundComplete()).isFalse();
    detector.answered(B, round, b);
    assertThat(detector.isRoundComplete()).isTrue();
    return detector.isQuiescent();
  }
}
