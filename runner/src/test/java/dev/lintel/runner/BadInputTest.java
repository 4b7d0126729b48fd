package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of bad input ends the run with one clear error, in bounded time. */
@Timeout(60)
class BadInputTest {
  private static Pipeline pipeline(String... args) {
    return Pipeline.create(options(args));
  }

  private static PipelineOptions options(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "--runner=LintelRunner";
    all[1] = "--jobName=bad-input";
    System.arraycopy(args, 0, all, 2, args.length);
    return PipelineOptionsFactory.fromArgs(all).withValidation().create();
  }

  @Test
  void anUnknownBackendIsNamedWithTheKnownOnes() {
    assertThatThrownBy(() -> pipeline("--stateBackend=disk"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stateBackend")
        .hasMessageContaining("rocksdb")
        .hasMessageContaining("heap")
        .hasMessageContaining("disk");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--parallelism=-2",
        "--parallelism=0",
        "--maxParallelism=40000",
        "--maxBundleSize=0",
        "--maxBundleTimeMillis=-5",
        "--stateMemoryMiB=1"
      })
  void anOptionOutOfItsBoundsIsNamed(String option) {
    String[] parts = option.split("=", 2);
    assertThatThrownBy(() -> pipeline(option))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("Expected " + parts[0])
        .hasMessageContaining(parts[1]);
  }

  @Test
  void fewerKeyGroupsThanSlotsAreRefused() {
    assertThatThrownBy(() -> pipeline("--parallelism=4", "--maxParallelism=3"))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("--maxParallelism")
        .hasMessageContaining("--parallelism (4)");
  }

  @Test
  void aMissingInputFileIsNamed(@TempDir Path folder) {
    Pipeline pipeline = pipeline();
    Path missing = folder.resolve("missing.txt");
    pipeline.apply("ReadLines", TextIO.read().from(missing.toString()));
    assertThatThrownBy(pipeline::run)
        .hasMessageContaining("ReadLines")
        .hasMessageContaining("missing.txt");
  }

  @Test
  void anOutputFolderThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of("a", "b"))
        .apply("WriteLines", TextIO.write().to(file.resolve("out").toString()));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasMessageContaining("transform=WriteLines")
        .hasMessageContaining("job=bad-input");
  }

  @Test
  void aStateDirectoryThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Pipeline pipeline = pipeline("--stateDirectory=" + file.resolve("state"));
    pipeline.apply(Create.of(1));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("--stateDirectory")
        .hasMessageContaining(file.toString());
  }

  @Test
  void aNonDeterministicKeyCoderIsRefused() {
    Pipeline pipeline = pipeline();
    Coder<Map<String, Integer>> keyCoder = MapCoder.of(StringUtf8Coder.of(), VarIntCoder.of());
    PCollection<KV<Map<String, Integer>, Integer>> input =
        pipeline.apply(
            Create.of(KV.of(Map.of("a", 1), 1)).withCoder(KvCoder.of(keyCoder, VarIntCoder.of())));
    assertThatThrownBy(
            () -> {
              input.apply("GroupByMap", GroupByKey.create());
              pipeline.run();
            })
        .hasMessageContaining("deterministic")
        .rootCause()
        .hasMessageContaining("MapCoder");
  }

  @Test
  void aStatefulDoFnOnUnkeyedInputIsRefused() {
    Pipeline pipeline = pipeline();
    PCollection<Integer> numbers = pipeline.apply(Create.of(1, 2));
    assertThatThrownBy(
            () -> {
              numbers.apply("CountPerKey", ParDo.of(new UnkeyedStatefulFn()));
              pipeline.run();
            })
        .hasMessageContaining("KvCoder");
  }

  private static final class UnkeyedStatefulFn extends DoFn<Integer, Integer> {
    @StateId("seen")
    private final StateSpec<BagState<Integer>> seenSpec = StateSpecs.bag();

    @ProcessElement
    public void process(@Element Integer element, @StateId("seen") BagState<Integer> seen) {
      seen.add(element);
    }
  }

  /** A place where user code can fail. */
  enum Method {
    SETUP,
    START_BUNDLE,
    PROCESS,
    TIMER,
    WINDOW_EXPIRATION,
    FINISH_BUNDLE,
    TEARDOWN
  }

  @ParameterizedTest
  @EnumSource
  void aDoFnThatThrowsIsNamedWhateverItsMethod(Method method) {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(KV.of("k", 1), KV.of("l", 2)))
        .apply("Throws", ParDo.of(new ThrowingFn(method)));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasMessageContaining("transform=Throws")
        .hasMessageContaining("job=bad-input")
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("thrown in " + method);
  }

  private static final class ThrowingFn extends DoFn<KV<String, Integer>, Integer> {
    @TimerId("soon")
    private final TimerSpec soonSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    private final Method method;

    ThrowingFn(Method method) {
      this.method = method;
    }

    private void throwIn(Method here) {
      if (method == here) {
        throw new IllegalStateException("thrown in " + here);
      }
    }

    @Setup
    public void setUp() {
      throwIn(Method.SETUP);
    }

    @StartBundle
    public void startBundle() {
      throwIn(Method.START_BUNDLE);
    }

    @ProcessElement
    public void process(BoundedWindow window, @TimerId("soon") Timer soon) {
      throwIn(Method.PROCESS);
      soon.set(window.maxTimestamp());
    }

    @OnTimer("soon")
    public void onSoon() {
      throwIn(Method.TIMER);
    }

    @OnWindowExpiration
    public void onWindowExpiration() {
      throwIn(Method.WINDOW_EXPIRATION);
    }

    @FinishBundle
    public void finishBundle() {
      throwIn(Method.FINISH_BUNDLE);
    }

    @Teardown
    public void tearDown() {
      throwIn(Method.TEARDOWN);
    }
  }

  @Test
  void aKeyCoderThatFailsOnOneElementIsNamedWithTheElement() {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(
            "Keyed",
            Create.of(KV.of("good", 1), KV.of("bad", 2))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .apply("Same", ParDo.of(new SameFn()))
        .setCoder(KvCoder.of(new PickyCoder(), VarIntCoder.of()))
        .apply("Group", GroupByKey.create());
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasMessageContaining("PickyCoder")
        .hasMessageContaining("bad")
        .hasMessageContaining("Same");
  }

  private static final class SameFn extends DoFn<KV<String, Integer>, KV<String, Integer>> {
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, OutputReceiver<KV<String, Integer>> output) {
      output.output(element);
    }
  }

  private static final class PickyCoder extends AtomicCoder<String> {
    @Override
    public void encode(String value, OutputStream out) throws IOException {
      if (value.equals("bad")) {
        throw new IOException("I don't take this one");
      }
      StringUtf8Coder.of().encode(value, out);
    }

    @Override
    public String decode(InputStream in) throws IOException {
      return StringUtf8Coder.of().decode(in);
    }

    @Override
    public String toString() {
      return "PickyCoder";
    }
  }

  @Test
  void aSourceThatFailsHalfWayIsNamedAndNothingIsWritten(@TempDir Path folder) throws IOException {
    Pipeline pipeline = pipeline();
    pipeline
        .apply("ReadBroken", Read.from(new BrokenSource()))
        .apply("WriteLines", TextIO.write().to(folder.resolve("out").toString()));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasMessageContaining("ReadBroken")
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is gone");
    try (var files = Files.list(folder)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("out"))).isEmpty();
    }
  }

  private static final class BrokenSource extends BoundedSource<String> {
    @Override
    public List<? extends BoundedSource<String>> split(long bytes, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public long getEstimatedSizeBytes(PipelineOptions options) {
      return 100;
    }

    @Override
    public BoundedReader<String> createReader(PipelineOptions options) {
      return new BoundedReader<>() {
        private int count;

        @Override
        public boolean start() throws IOException {
          return advance();
        }

        @Override
        public boolean advance() throws IOException {
          count++;
          if (count > 50) {
            throw new IOException("the disk is gone");
          }
          return true;
        }

        @Override
        public String getCurrent() throws NoSuchElementException {
          return "line " + count;
        }

        @Override
        public void close() {}

        @Override
        public BoundedSource<String> getCurrentSource() {
          return BrokenSource.this;
        }
      };
    }

    @Override
    public Coder<String> getOutputCoder() {
      return StringUtf8Coder.of();
    }
  }
}
