package dev.lintel.benchmarks.flink;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The stateful case: a count per key, given out by a timer that its first element has set. */
final class RememberFunction
    extends KeyedProcessFunction<Long, Tuple2<Long, Long>, Tuple2<Long, Long>> {
  private static final long serialVersionUID = 1L;
  private static final long DELAY_MILLIS = 24 * 60 * 60 * 1000L;

  private transient ValueState<Long> count;

  @Override
  public void open(OpenContext context) {
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
  }

  @Override
  public void processElement(
      Tuple2<Long, Long> element, Context context, Collector<Tuple2<Long, Long>> output)
      throws Exception {
    Long before = count.value();
    if (before == null) {
      context.timerService().registerEventTimeTimer(context.timestamp() + DELAY_MILLIS);
      before = 0L;
    }
    count.update(before + element.f1);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Tuple2<Long, Long>> output)
      throws Exception {
    output.collect(Tuple2.of(context.getCurrentKey(), count.value()));
    count.clear();
  }
}
