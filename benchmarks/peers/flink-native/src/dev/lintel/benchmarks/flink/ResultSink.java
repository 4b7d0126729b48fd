package dev.lintel.benchmarks.flink;

import dev.lintel.benchmarks.cases.KeyedResult;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;

/** Takes each key with the number of its elements. */
final class ResultSink extends RichSinkFunction<Tuple2<Long, Long>> {
  private static final long serialVersionUID = 1L;

  private transient KeyedResult result;

  @Override
  public void open(OpenContext context) {
    result = new KeyedResult();
  }

  @Override
  public void invoke(Tuple2<Long, Long> counted, Context context) {
    result.add(counted.f0, counted.f1);
  }

  @Override
  public void finish() {
    result.tally();
  }
}
