package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** A heap that is too small for the options is refused, with both numbers and what to set. */
class OptionChecksTest {
  private static final long MIB = 1 << 20;

  private static LintelPipelineOptions options(String... args) {
    return PipelineOptionsFactory.fromArgs(args).as(LintelPipelineOptions.class);
  }

  @Test
  void moreStateMemoryThanHeapIsRefused() {
    assertThatThrownBy(
            () -> OptionChecks.check(options("--parallelism=2", "--stateMemoryMiB=513"), 512 * MIB))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("--stateMemoryMiB to be at most 512")
        .hasMessageContaining("it is 513")
        .hasMessageContaining("-Xmx513m");
    assertThatCode(
            () -> OptionChecks.check(options("--parallelism=2", "--stateMemoryMiB=512"), 512 * MIB))
        .doesNotThrowAnyException();
  }

  @Test
  void theHeapBackendHasNoStateMemory() {
    assertThatCode(
            () ->
                OptionChecks.check(
                    options("--parallelism=2", "--stateMemoryMiB=513", "--stateBackend=heap"),
                    512 * MIB))
        .doesNotThrowAnyException();
  }

  @Test
  void moreSlotsThanTheHeapHasRoomForAreRefused() {
    assertThatThrownBy(
            () ->
                OptionChecks.check(options("--parallelism=100", "--stateMemoryMiB=16"), 128 * MIB))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("at least 216 MiB for --parallelism=100")
        .hasMessageContaining("is 128 MiB")
        .hasMessageContaining("-Xmx216m");
  }

  @Test
  void theSmallestHeapTakesTheSmallestStateMemory() {
    assertThatCode(
            () -> OptionChecks.check(options("--parallelism=2", "--stateMemoryMiB=16"), 20 * MIB))
        .doesNotThrowAnyException();
  }

  @Test
  void timesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(
            () ->
                OptionChecks.check(
                    options("--cancelTimeoutMillis=0", "--metricsPushPeriod=0"), 1L << 40))
        .hasMessageContaining("--cancelTimeoutMillis to be at least 1")
        .hasMessageContaining("--metricsPushPeriod to be at least 1");
  }

  @Test
  void whatIsNotSetHasDefaultsOfLintelsOwn() {
    LintelPipelineOptions unset = options();
    assertThat(OptionValues.parallelism(unset))
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(OptionValues.maxParallelism(unset)).isEqualTo(128);
    assertThat(OptionValues.askedMaxParallelism(unset)).isNull();
    assertThat(OptionValues.stateBackend(unset)).isEqualTo("rocksdb");
    assertThat(OptionValues.checkpointTimeoutMillis(unset)).isEqualTo(600_000);
    assertThat(ContestedOptions.checkpointDir(unset)).isNull();
    assertThat(ContestedOptions.maxBundleSize(unset)).isEqualTo(10_000);
  }

  @Test
  void numbersBelowTheirDefaultsAreRefused() {
    assertThatThrownBy(
            () ->
                OptionChecks.check(
                    options(
                        "--parallelism=0",
                        "--maxParallelism=0",
                        "--maxBundleSize=0",
                        "--checkpointTimeoutMillis=0"),
                    1L << 40))
        .hasMessageContaining("--parallelism to be at least 1, but it is 0")
        .hasMessageContaining("--maxParallelism between")
        .hasMessageContaining("--maxBundleSize to be at least 1, but it is 0")
        .hasMessageContaining("--checkpointTimeoutMillis to be at least 1, but it is 0");
  }
}
