package dev.lintel.benchmarks.cases;

import dev.lintel.benchmarks.source.Chance;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Case (i): each element looks its key up in a side input with as many entries as there are keys.
 */
final class SideInputJoin implements BenchmarkCase {

  @Override
  public String name() {
    return "side-input";
  }

  @Override
  public String title() {
    return "Side-input join, View.asMap";
  }

  @Override
  public List<Work> works() {
    return List.of(Work.cyclic(10_000_000, 1_000_000), Work.zipf(10_000_000, 1_000_000));
  }

  @Override
  public void prepare(Work work) {
    Keys.of(work).warm();
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    PCollectionView<Map<Long, Long>> entries =
        pipeline
            .apply("Entries", Numbers.upTo(work.keys()))
            .apply("Entry", ParDo.of(new EntryFn()))
            .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
            .apply("Map", View.asMap());
    pipeline
        .apply("Numbers", Numbers.upTo(work.elements()))
        .apply("Join", ParDo.of(new JoinFn(Keys.of(work), entries)).withSideInputs(entries));
  }

  @Override
  public int check(Work work) {
    Keys keys = Keys.of(work);
    long values = 0;
    for (long index = 0; index < work.elements(); index++) {
      values += valueOf(keys.keyOf(index));
    }
    return Tally.expect("joined", work.elements()) + Tally.expect("values", values);
  }

  private static long valueOf(long key) {
    return Chance.mix(key);
  }

  private static final class EntryFn extends DoFn<Long, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long key, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(key, valueOf(key)));
    }
  }

  private static final class JoinFn extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;
    private final Keys keys;
    private final PCollectionView<Map<Long, Long>> entries;
    private transient long joined;
    private transient long values;

    JoinFn(Keys keys, PCollectionView<Map<Long, Long>> entries) {
      this.keys = keys;
      this.entries = entries;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Long value = context.sideInput(entries).get(keys.keyOf(context.element()));
      if (value != null) {
        joined++;
        values += value;
      }
    }

    @FinishBundle
    public void finishBundle() {
      Tally.add("joined", joined);
      Tally.add("values", values);
      joined = 0;
      values = 0;
    }
  }
}
