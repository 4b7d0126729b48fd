package dev.lintel.benchmarks.flink;

import dev.lintel.benchmarks.cases.KeyedResult;
import dev.lintel.benchmarks.cases.Keys;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.run.MeasuredRun;
import dev.lintel.benchmarks.run.RunArguments;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.time.Time;

/**
 * The program of a run on Flink's DataStream API: object reuse on, checkpoints as {@code
 * --interval} says, state in {@code --backend}, in the embedded cluster.
 */
public final class NativeFlink implements MeasuredRun.Workload {
  private static final int PARALLELISM = 2;
  private static final long ELEMENTS_PER_MILLISECOND = 1_000;

  /** One window that holds all elements, as Beam's global one does. */
  private static final Time WINDOW = Time.days(3650);

  /** What Beam's FlinkRunner gives its embedded cluster in a heap of 4 GiB. */
  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(1638);

  private NativeFlink() {}

  public static void main(String[] args) {
    MeasuredRun.main(args, new NativeFlink());
  }

  @Override
  public double run(RunArguments arguments, Work work) throws Exception {
    Keys keys = Keys.of(work);
    keys.warm();
    StreamExecutionEnvironment environment = environment(arguments);
    KeyedStream<Tuple2<Long, Long>, Long> keyed =
        environment
            .fromSequence(0, work.elements() - 1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<Long>forMonotonousTimestamps()
                    .withTimestampAssigner((each, before) -> each / ELEMENTS_PER_MILLISECOND))
            .map(each -> Tuple2.of(keys.keyOf(each), 1L))
            .returns(Types.TUPLE(Types.LONG, Types.LONG))
            .keyBy(each -> each.f0, Types.LONG);
    counts(arguments, keyed).addSink(new ResultSink());
    long start = System.nanoTime();
    environment.execute();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public int check(RunArguments arguments, Work work) {
    return KeyedResult.check(work);
  }

  private static DataStream<Tuple2<Long, Long>> counts(
      RunArguments arguments, KeyedStream<Tuple2<Long, Long>, Long> keyed) {
    return switch (arguments.caseName()) {
      case "combine" ->
          keyed
              .window(TumblingEventTimeWindows.of(WINDOW))
              .reduce((one, other) -> Tuple2.of(one.f0, one.f1 + other.f1));
      case "stateful" -> keyed.process(new RememberFunction());
      default ->
          throw new IllegalArgumentException(
              "Expected combine or stateful, but the case is " + arguments.caseName());
    };
  }

  private static StreamExecutionEnvironment environment(RunArguments arguments) {
    Configuration configuration = new Configuration();
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    configuration.set(StateBackendOptions.STATE_BACKEND, arguments.option("backend", "rocksdb"));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, arguments.option("scratch", "file:///tmp"));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, configuration);
    environment.getConfig().enableObjectReuse();
    environment.enableCheckpointing(Long.parseLong(arguments.option("interval", "10000")));
    return environment;
  }
}
