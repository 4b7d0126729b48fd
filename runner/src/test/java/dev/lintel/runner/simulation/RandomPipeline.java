package dev.lintel.runner.simulation;

import dev.lintel.runner.simulation.Element.Row;
import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.ExecutionPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** A small pipeline that a seed makes, translated once, and its reference. */
final class RandomPipeline {
  private static final int BLOCKS_MAX = 3;
  private static final Map<Long, RandomPipeline> ALL = new HashMap<>();

  private final List<Leg> legs = new ArrayList<>();
  private final MetricsOptions options;
  private final ExecutionPlan plan;

  private enum First {
    NOTHING,
    STABLE_INPUT,
    FINALIZER
  }

  /** A source, what follows, and a sink. */
  private record Leg(String name, boolean bounded, First first, List<Block> blocks) {
    String source() {
      return name + "/source";
    }

    String block(int index) {
      return name + "/" + index + "-" + blocks.get(index);
    }
  }

  private RandomPipeline(SplittableRandom random) {
    int count = random.nextInt(4) == 0 ? 2 : 1;
    for (int i = 0; i < count; i++) {
      legs.add(leg(random, "leg" + i));
    }
    options = PipelineOptionsFactory.fromArgs("--runner=LintelRunner").as(MetricsOptions.class);
    ExperimentalOptions.addExperiment(options.as(ExperimentalOptions.class), "use_deprecated_read");
    Pipeline pipeline = Pipeline.create(options);
    legs.forEach(each -> apply(pipeline, each));
    plan = PipelineTranslator.translate(pipeline);
  }

  static RandomPipeline of(long seed) {
    return ALL.computeIfAbsent(seed, each -> new RandomPipeline(new SplittableRandom(each)));
  }

  private static Leg leg(SplittableRandom random, String name) {
    List<Block> blocks = new ArrayList<>();
    int size = 1 + random.nextInt(BLOCKS_MAX);
    while (blocks.size() < size) {
      Block block = Block.values()[random.nextInt(Block.values().length)];
      blocks.add(block);
      if (block.isLast()) {
        break;
      }
    }
    First first = First.values()[random.nextInt(First.values().length)];
    return new Leg(name, random.nextInt(4) == 0, first, blocks);
  }

  private static void apply(Pipeline pipeline, Leg leg) {
    PCollection<KV<Long, Long>> elements =
        leg.bounded
            ? pipeline.apply(leg.source(), Read.from(new SimulatedBoundedSource(leg.source())))
            : pipeline.apply(leg.source(), Read.from(new SimulatedSource(leg.source())));
    elements = first(elements, leg);
    for (int i = 0; i < leg.blocks.size(); i++) {
      elements = leg.blocks.get(i).apply(elements, leg.block(i));
    }
    elements.apply(leg.name + "/sink", ParDo.of(new SimulatedSink(leg.name)));
  }

  private static PCollection<KV<Long, Long>> first(PCollection<KV<Long, Long>> input, Leg leg) {
    return switch (leg.first) {
      case NOTHING -> input;
      case FINALIZER ->
          input
              .apply(leg.name + "/finalizer", ParDo.of(new Steps.WithFinalizer()))
              .setCoder(SimulatedSource.CODER);
      case STABLE_INPUT ->
          input
              .apply(leg.name + "/nonce", ParDo.of(new Steps.AddNonce()))
              .setCoder(KvCoder.of(VarLongCoder.of(), SimulatedSource.CODER))
              .apply(leg.name + "/stable", ParDo.of(new Steps.TakeStable()))
              .setCoder(SimulatedSource.CODER);
    };
  }

  ExecutionPlan plan() {
    return plan;
  }

  MetricsOptions options() {
    return options;
  }

  /** What an element becomes depends on it alone: it makes sense to process it twice. */
  boolean isSingle() {
    return legs.stream()
        .allMatch(
            leg -> leg.first == First.NOTHING && leg.blocks.stream().allMatch(Block::isSingle));
  }

  List<String> sinks() {
    return legs.stream().map(Leg::name).toList();
  }

  /** What a sink is to have in the end, in some order. */
  List<Row> reference(String sink, World world) {
    for (Leg leg : legs) {
      if (leg.name.equals(sink)) {
        List<Element> elements = world.log(leg.source()).all();
        for (int i = 0; i < leg.blocks.size(); i++) {
          elements = leg.blocks.get(i).reference(elements, leg.block(i), world);
        }
        return elements.stream().map(Element::row).toList();
      }
    }
    throw new IllegalArgumentException("Expected a sink of the pipeline, but " + sink);
  }

  @Override
  public String toString() {
    return legs.toString();
  }
}
