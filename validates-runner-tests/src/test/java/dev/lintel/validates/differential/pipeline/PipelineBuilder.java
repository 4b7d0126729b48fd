package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Determinism;
import dev.lintel.validates.differential.spec.Op;
import dev.lintel.validates.differential.spec.PipelineSpec;
import dev.lintel.validates.differential.spec.PipelineSpec.Node;
import dev.lintel.validates.differential.spec.Traits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;

/** Builds a generated pipeline with Beam: one composite for each node, named as the node is. */
final class PipelineBuilder {
  static final Coder<KV<String, Long>> CODER = KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of());

  private final Pipeline pipeline;
  private final PipelineSpec spec;
  private final Map<Integer, PCollection<KV<String, Long>>> collections = new HashMap<>();

  private PipelineBuilder(Pipeline pipeline, PipelineSpec spec) {
    this.pipeline = pipeline;
    this.spec = spec;
  }

  /** Puts the nodes into the pipeline, and behind each leaf a DoFn that leaves what it sees. */
  static void build(Pipeline pipeline, PipelineSpec spec, long run) {
    new PipelineBuilder(pipeline, spec).build(run);
  }

  private void build(long run) {
    Map<Integer, Traits> traits =
        Determinism.of(spec)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Expected a pipeline with determined results, but found\n" + spec.print()));
    for (Node node : spec.nodes()) {
      List<PCollection<KV<String, Long>>> inputs = new ArrayList<>();
      node.inputs().forEach(input -> inputs.add(collections.get(input)));
      PCollection<KV<String, Long>> made = make(node, inputs);
      collections.put(node.id(), made.setCoder(CODER));
    }
    for (Node leaf : spec.leaves()) {
      boolean paneKnown = traits.get(leaf.id()).paneKnown();
      collections
          .get(leaf.id())
          .apply(
              "observe-" + leaf.name(),
              ParDo.of(new Observations.Observe(run, leaf.name(), paneKnown)));
    }
  }

  private PCollection<KV<String, Long>> make(
      Node node, List<PCollection<KV<String, Long>>> inputs) {
    Op op = node.op();
    String name = node.name();
    if (op instanceof Op.Source source) {
      return Sources.apply(pipeline, name, source, spec.unitMillis());
    }
    PCollection<KV<String, Long>> first = inputs.get(0);
    if (op instanceof Op.Elementwise step) {
      return ElementwiseSteps.apply(name, step, first, units(step.n()));
    } else if (op instanceof Op.Rewindow rewindow) {
      return first.apply(name, Windows.of(rewindow.windowing(), spec.unitMillis()));
    } else if (op instanceof Op.Group group) {
      return GroupingSteps.apply(name, group, first);
    } else if (op instanceof Op.Stateful stateful) {
      return StatefulSteps.apply(name, stateful, first, units(1));
    } else if (op instanceof Op.SideInput step) {
      return SideInputSteps.apply(name, step.kind(), first, inputs.get(1));
    } else if (op instanceof Op.Join) {
      return GroupingSteps.join(name, first, inputs.get(1));
    }
    return PCollectionList.of(inputs).apply(name, Flatten.pCollections());
  }

  private Duration units(long count) {
    return Duration.millis(count * spec.unitMillis());
  }
}
