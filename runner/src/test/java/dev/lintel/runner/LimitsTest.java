package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What runs out ends a job with one clear error, and a JVM that is told to end closes what is open.
 * Each test has a JVM of its own.
 */
@Timeout(180)
class LimitsTest {
  private static final long SECONDS_MAX = 120;

  @TempDir Path folder;

  private ChildJvm start(List<String> before, String heap, Class<?> main, String... options)
      throws IOException {
    List<String> args =
        new ArrayList<>(List.of("--runner=LintelRunner", "--jobName=limits", "--parallelism=2"));
    args.addAll(List.of(options));
    return ChildJvm.start(before, List.of("-Xmx" + heap), main, args, folder);
  }

  /**
   * Needs Linux and the right to mount a file system in a name space of one's own, as root or where
   * unprivileged user name spaces are allowed.
   */
  @Test
  void aFullDiskIsNamedWithWhatToDo() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("small-disk"));
    ChildJvm.End end = endOnSmallDisk(disk, HoardInState.class);

    assertThat(end.output())
        .contains("JobFailedException")
        .contains("StateStoreException: Expected the state store in " + disk)
        .contains("transform=Hoard")
        .contains("No space left on device")
        .containsPattern("\\d MiB of 24 MiB are free there")
        .contains("--stateDirectory")
        .contains("left in the state directory: []");
    assertThat(end.status()).isEqualTo(1);
  }

  private ChildJvm.End endOnSmallDisk(Path disk, Class<?> main) throws Exception {
    List<String> onSmallDisk = onSmallDisk(disk);
    assumeTrue(works(onSmallDisk), "a small file system can be mounted");
    return start(onSmallDisk, "256m", main, "--stateMemoryMiB=16", "--stateDirectory=" + disk)
        .await(SECONDS_MAX);
  }

  /** Runs a command where the folder is a file system of 24 MiB. */
  private static List<String> onSmallDisk(Path disk) {
    return List.of(
        "unshare",
        "-Urm",
        "sh",
        "-c",
        "mount -t tmpfs -o size=24m tmpfs " + disk + " && exec \"$@\"",
        "sh");
  }

  private static boolean works(List<String> before) throws InterruptedException {
    List<String> command = new ArrayList<>(before);
    command.add("true");
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Keeps more and more in state, as fast as it can; says what is left when the job has failed. */
  static final class HoardInState {
    public static void main(String[] args) throws IOException {
      var options = PipelineOptionsFactory.fromArgs(args).as(LintelPipelineOptions.class);
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply(GenerateSequence.from(0))
          .apply(WithKeys.<Long, Long>of(i -> i % 1_000).withKeyType(TypeDescriptors.longs()))
          .apply("Hoard", ParDo.of(new HoardFn()));
      runAndSayWhatIsLeft(pipeline, options);
    }
  }

  private static void runAndSayWhatIsLeft(Pipeline pipeline, LintelPipelineOptions options)
      throws IOException {
    try {
      pipeline.run();
    } finally {
      try (Stream<Path> left = Files.list(Path.of(options.getStateDirectory()))) {
        System.out.println("left in the state directory: " + left.toList());
      }
    }
  }

  private static final class HoardFn extends DoFn<KV<Long, Long>, Long> {
    @StateId("hoard")
    private final StateSpec<BagState<byte[]>> hoardSpec = StateSpecs.bag();

    @ProcessElement
    public void process(@Element KV<Long, Long> input, @StateId("hoard") BagState<byte[]> hoard) {
      byte[] incompressible = new byte[10_000];
      new java.util.SplittableRandom(input.getValue()).nextBytes(incompressible);
      hoard.add(incompressible);
    }
  }

  /** As above, for keys of a bounded input that are set aside. */
  @Test
  void aDiskFullOfElementsThatWaitForAPassIsNamedWithWhatToDo() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("small-disk"));
    ChildJvm.End end = endOnSmallDisk(disk, KeepLast.class);

    assertThat(end.output())
        .contains("JobFailedException")
        .contains("transform=Keep")
        .contains("SpillException: Expected to write")
        .contains("No space left on device")
        .contains("--stateDirectory")
        .contains("left in the state directory: []");
    assertThat(end.status()).isEqualTo(1);
  }

  /** Has more keys than memory and disk hold, each with a large value. */
  static final class KeepLast {
    public static void main(String[] args) throws IOException {
      var options = PipelineOptionsFactory.fromArgs(args).as(LintelPipelineOptions.class);
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply(GenerateSequence.from(0).to(1_000_000))
          .apply("Values", ParDo.of(new LargeValueFn()))
          .apply("Keep", ParDo.of(new KeepFn()));
      runAndSayWhatIsLeft(pipeline, options);
    }
  }

  private static final class LargeValueFn extends DoFn<Long, KV<Long, byte[]>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(number, new byte[10_000]));
    }
  }

  private static final class KeepFn extends DoFn<KV<Long, byte[]>, Long> {
    @StateId("last")
    private final StateSpec<ValueState<byte[]>> lastSpec = StateSpecs.value();

    @ProcessElement
    public void process(@Element KV<Long, byte[]> input, @StateId("last") ValueState<byte[]> last) {
      last.write(input.getValue());
    }
  }

  @Test
  void aHeapThatIsTooSmallEndsTheJobWithWhatToChange() throws Exception {
    ChildJvm.End end =
        start(List.of(), "64m", HoardOnHeap.class, "--stateBackend=heap").await(SECONDS_MAX);

    assertThat(end.output())
        .contains("JobFailedException: java.lang.OutOfMemoryError")
        .contains("job=limits")
        .contains("The largest heap of this JVM is 64 MiB: give it more (-Xmx)")
        .contains("state of the job: FAILED");
    assertThat(end.status()).isEqualTo(1);
  }

  /** Keeps more and more on the heap. */
  static final class HoardOnHeap {
    public static void main(String[] args) {
      var options = PipelineOptionsFactory.fromArgs(args).as(LintelPipelineOptions.class);
      options.setBlockOnRun(false);
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply(GenerateSequence.from(0))
          .apply(WithKeys.<Long, Long>of(i -> i % 1_000).withKeyType(TypeDescriptors.longs()))
          .apply("Hoard", ParDo.of(new HoardFn()));
      var result = pipeline.run();
      try {
        result.waitUntilFinish();
      } finally {
        System.out.println("state of the job: " + result.getState());
      }
    }
  }

  @Test
  void aJvmThatIsToldToEndClosesTheJobFirst() throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    ChildJvm child = start(List.of(), "256m", RunForEver.class, "--stateDirectory=" + state);
    awaitFile(child, folder.resolve("running"));

    child.terminate();
    ChildJvm.End end = child.await(SECONDS_MAX);

    assertThat(end.output()).contains("torn down");
    assertThat(end.status()).isEqualTo(128 + 15);
    assertThat(state).isEmptyDirectory();
  }

  private void awaitFile(ChildJvm child, Path file) throws Exception {
    try (var watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, java.nio.file.StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(file)) {
        assertThat(child.isAlive()).isTrue();
        var key = watch.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          key.reset();
        }
      }
    }
  }

  /** Runs an endless pipeline with state; makes a file beside the state when it does. */
  static final class RunForEver {
    public static void main(String[] args) {
      var options = PipelineOptionsFactory.fromArgs(args).as(LintelPipelineOptions.class);
      Pipeline pipeline = Pipeline.create(options);
      String running = Path.of(options.getStateDirectory()).resolveSibling("running").toString();
      pipeline
          .apply(GenerateSequence.from(0).withRate(100, org.joda.time.Duration.standardSeconds(1)))
          .apply(WithKeys.<Long, Long>of(i -> i % 10).withKeyType(TypeDescriptors.longs()))
          .apply("Hoard", ParDo.of(new HoardFn()))
          .setCoder(org.apache.beam.sdk.coders.VarLongCoder.of());
      pipeline
          .apply("More", GenerateSequence.from(0).withRate(100, org.joda.time.Duration.millis(1)))
          .apply("Say", ParDo.of(new SayFn(running)));
      pipeline.run();
    }
  }

  private static final class SayFn extends DoFn<Long, Long> {
    private final String file;

    SayFn(String file) {
      this.file = file;
    }

    @ProcessElement
    public void process() throws IOException {
      Path path = Path.of(file);
      if (!Files.exists(path)) {
        Files.write(path, new byte[0]);
      }
    }

    @Teardown
    public void tearDown() {
      System.out.println("torn down");
    }
  }
}
