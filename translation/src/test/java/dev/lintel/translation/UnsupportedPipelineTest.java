package dev.lintel.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lintel.translation.UnsupportedPipelineException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** What can't be run is refused before anything starts, all of it at once. */
final class UnsupportedPipelineTest {
  private final Pipeline pipeline = NotRunnable.pipeline();

  private UnsupportedPipelineException refusal() {
    UnsupportedPipelineException error =
        catchThrowableOfType(
            UnsupportedPipelineException.class, () -> PipelineTranslator.translate(pipeline));
    assertThat(error).as("Expected a refusal, but the pipeline was translated").isNotNull();
    return error;
  }

  /** The error of translating the pipeline after a change of its portable form. */
  private UnsupportedPipelineException refusal(UnaryOperator<RunnerApi.Pipeline> change) {
    RunnerApi.Pipeline proto = change.apply(PipelineTranslator.toProto(pipeline));
    UnsupportedPipelineException error =
        catchThrowableOfType(
            UnsupportedPipelineException.class,
            () -> PipelineTranslator.translate(proto, pipeline));
    assertThat(error).as("Expected a refusal, but the pipeline was translated").isNotNull();
    return error;
  }

  private PCollection<KV<String, Integer>> keyed() {
    return pipeline.apply("Words", Create.of("a", "aa")).apply("Key", ParDo.of(new TestFns.ToKv()));
  }

  @Test
  void aPrimitiveOfTheUsersOwn() {
    pipeline.apply("Magic", new OwnPrimitive());
    assertThat(refusal())
        .hasMessageStartingWith("Expected a pipeline that Lintel can run, but found 1 problem")
        .hasMessageContaining("1. Transform \"Magic\"")
        .hasMessageContaining("primitive of its own");
  }

  /** A primitive that no runner knows. */
  private static final class OwnPrimitive extends PTransform<PBegin, PCollection<String>> {
    @Override
    public PCollection<String> expand(PBegin input) {
      return PCollection.createPrimitiveOutputInternal(
          input.getPipeline(),
          WindowingStrategy.globalDefault(),
          PCollection.IsBounded.BOUNDED,
          StringUtf8Coder.of());
    }
  }

  @Test
  void everyProblemIsNamedInOneError() {
    PCollection<String> magic = pipeline.apply("Magic", new OwnPrimitive());
    magic
        .apply("Key", ParDo.of(new TestFns.ToKv()))
        .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.millis(1))))
        .apply("Sum", ParDo.of(new TestFns.Stateful()));
    UnsupportedPipelineException error = refusal();
    assertThat(error.problems().stream().map(Problem::transform).toList())
        .containsExactly("Magic", "Sum/ParMultiDo(Stateful)");
    assertThat(error).hasMessageContaining("found 2 problems").hasMessageContaining("  2. ");
  }

  @Test
  void aStatefulDoFnOverWindowsThatMerge() {
    keyed()
        .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.millis(1))))
        .apply("Sum", ParDo.of(new TestFns.Stateful()));
    assertThat(refusal().problems())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.transform()).isEqualTo("Sum/ParMultiDo(Stateful)");
              assertThat(each.reason()).contains("Sessions");
            });
  }

  @Test
  void aDoFnThatSortsByTimeOnUnkeyedInput() {
    // Beam checks this for state and timers only.
    pipeline.apply("Words", Create.of("a", "aa")).apply("Sort", ParDo.of(new SortedWords()));
    assertThat(refusal().problems())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.transform()).startsWith("Sort/");
              assertThat(each.reason()).contains("to be of KV").contains("StringUtf8Coder");
            });
  }

  /** Sorts what has no key. */
  private static final class SortedWords extends DoFn<String, String> {
    @ProcessElement
    @RequiresTimeSortedInput
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element);
    }
  }

  @Test
  void beamItselfRefusesStateOnUnkeyedInput() {
    PCollection<String> words = pipeline.apply("Words", Create.of("a", "aa"));
    assertThatThrownBy(() -> words.apply("State", ParDo.of(new StateOnWords())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("KvCoder");
  }

  /** State without a key. */
  private static final class StateOnWords extends DoFn<String, String> {
    @StateId("last")
    private final StateSpec<ValueState<String>> last = StateSpecs.value(StringUtf8Coder.of());

    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element);
    }
  }

  @Test
  void keyCodersThatAreNotDeterministic() throws Exception {
    PCollection<KV<String, Integer>> keyed = keyed();
    keyed.apply("Group", GroupByKey.create());
    keyed.apply("Sum", Sum.integersPerKey());
    keyed.apply("State", ParDo.of(new TestFns.Stateful()));
    UnsupportedPipelineException error = refusal(this::withUnstableKeys);
    assertThat(error.problems().stream().map(Problem::transform).toList())
        .containsExactly("Group", "Sum", "State/ParMultiDo(Stateful)");
    assertThat(error.problems())
        .allSatisfy(
            each -> {
              assertThat(each.reason()).contains("TestFns$AnonymousStringCoder is not: ");
              assertThat(each.remedy()).isNotEmpty();
            });
  }

  /** Beam would refuse this in the user's program; only a change of the proto gets it here. */
  private RunnerApi.Pipeline withUnstableKeys(RunnerApi.Pipeline proto) {
    Pipeline donor = NotRunnable.pipeline();
    donor.apply(
        "Words", Create.empty(KvCoder.of(new TestFns.AnonymousStringCoder(), VarIntCoder.of())));
    Map<String, RunnerApi.Coder> coders =
        PipelineTranslator.toProto(donor).getComponents().getCodersMap();
    RunnerApi.Coder unstable =
        coders.entrySet().stream()
            .filter(each -> each.getKey().contains("Anonymous"))
            .findFirst()
            .orElseThrow()
            .getValue();
    RunnerApi.Components components = proto.getComponents();
    RunnerApi.Components.Builder changed = components.toBuilder();
    components
        .getCodersMap()
        .forEach(
            (id, coder) -> {
              if (coder.getSpec().getUrn().equals("beam:coder:kv:v1")) {
                changed.putCoders(
                    id, coder.toBuilder().setComponentCoderIds(0, "unstable").build());
              }
            });
    changed.putCoders("unstable", unstable);
    return proto.toBuilder().setComponents(changed).build();
  }

  @Test
  void aDoFnOfAnotherLanguage() {
    keyed();
    UnsupportedPipelineException error =
        refusal(
            proto ->
                changed(
                    proto,
                    "beam:transform:pardo:v1",
                    transform -> {
                      try {
                        RunnerApi.ParDoPayload payload =
                            RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload());
                        RunnerApi.ParDoPayload python =
                            payload.toBuilder()
                                .setDoFn(
                                    payload.getDoFn().toBuilder().setUrn("beam:dofn:pickled:v1"))
                                .build();
                        return transform.toBuilder()
                            .setSpec(
                                transform.getSpec().toBuilder().setPayload(python.toByteString()))
                            .build();
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }));
    assertThat(error).hasMessageContaining("beam:dofn:pickled:v1").hasMessageContaining("Key/");
  }

  @Test
  void aUrnThatNobodyKnows() {
    keyed();
    UnsupportedPipelineException error =
        refusal(
            proto ->
                changed(
                    proto,
                    "beam:transform:pardo:v1",
                    transform ->
                        transform.toBuilder()
                            .setSpec(
                                transform.getSpec().toBuilder().setUrn("beam:transform:new:v9"))
                            .build()));
    assertThat(error).hasMessageContaining("its URN is beam:transform:new:v9");
  }

  @Test
  void aCoderOfAnotherLanguage() {
    keyed();
    UnsupportedPipelineException error =
        refusal(
            proto -> {
              RunnerApi.Components.Builder components = proto.getComponents().toBuilder();
              proto
                  .getComponents()
                  .getCodersMap()
                  .forEach(
                      (id, coder) -> {
                        if (coder.getSpec().getUrn().equals("beam:coder:string_utf8:v1")) {
                          components.putCoders(
                              id,
                              coder.toBuilder()
                                  .setSpec(
                                      coder.getSpec().toBuilder().setUrn("beam:coder:pickle:v1"))
                                  .build());
                        }
                      });
              return proto.toBuilder().setComponents(components).build();
            });
    assertThat(error).hasMessageContaining("beam:coder:pickle:v1");
    // Beam's own exceptions come along, for who needs the stack trace.
    assertThat(error.getSuppressed()).isNotEmpty();
  }

  private static RunnerApi.Pipeline changed(
      RunnerApi.Pipeline proto, String urn, UnaryOperator<RunnerApi.PTransform> change) {
    RunnerApi.Components.Builder components = proto.getComponents().toBuilder();
    proto
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (transform.getSpec().getUrn().equals(urn)) {
                components.putTransforms(id, change.apply(transform));
              }
            });
    return proto.toBuilder().setComponents(components).build();
  }
}
