package dev.lintel.translation;

import dev.lintel.translation.plan.ExecutionPlan;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/**
 * Beam pipeline → portable proto → {@link ExecutionPlan}.
 *
 * <p>The proto is the only thing that is translated: DoFns, coders, windowings, sources and views
 * are taken back out of its payloads. What exists on the Java side only is done to the pipeline
 * before, which is to turn reads back from splittable DoFns to sources. That changes the pipeline
 * object, as it does with every Beam runner, but only once: the same pipeline may be translated
 * again and gives an equal plan.
 *
 * <p><b>Ownership:</b> stateless; every call gives a plan with DoFns of its own.
 */
public final class PipelineTranslator {
  /** Says where the code of a transform runs, which the proto demands: in this process. */
  private static final RunnerApi.Environment IN_PROCESS =
      RunnerApi.Environment.newBuilder().setUrn("lintel:environment:in_process:v1").build();

  private PipelineTranslator() {}

  /**
   * Translates a pipeline that is ready to run.
   *
   * @throws UnsupportedPipelineException if it holds anything that can't be run; it names all of it
   */
  public static ExecutionPlan translate(Pipeline pipeline) {
    return translate(toProto(pipeline), pipeline);
  }

  /** The portable form that is translated, after the rewrites of the Java side. */
  static RunnerApi.Pipeline toProto(Pipeline pipeline) {
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    // Beam's default environment is a container image with every jar of the class path hashed.
    SdkComponents components = SdkComponents.create();
    components.registerEnvironment(IN_PROCESS);
    try {
      return PipelineTranslation.toProto(pipeline, components);
    } catch (IllegalArgumentException e) {
      throw refusal(components.toComponents(), pipeline, e);
    }
  }

  /**
   * Translates the portable form.
   *
   * @param pipeline what views and collections that are taken out of the proto belong to; it is not
   *     looked into
   */
  static ExecutionPlan translate(RunnerApi.Pipeline proto, Pipeline pipeline) {
    Problems problems = new Problems();
    List<Step> steps = operators(proto, pipeline, problems);
    problems.throwIfAny();
    return StageFuser.fuse(steps);
  }

  private static List<Step> operators(
      RunnerApi.Pipeline proto, Pipeline pipeline, Problems problems) {
    try {
      List<TransformGraph.Leaf> leaves = TransformGraph.leaves(proto, problems);
      return new OperatorTranslator(proto.getComponents(), pipeline, problems).translate(leaves);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected the portable form of a pipeline, but could not read it: " + e.getMessage(), e);
    }
  }

  /**
   * Beam refuses the first primitive that it has no URN for. By then the components are complete,
   * so that the user can be told of all of them, and of everything else that is wrong.
   *
   * @return what Beam said, if nothing is known to be wrong
   */
  private static IllegalArgumentException refusal(
      RunnerApi.Components components, Pipeline pipeline, IllegalArgumentException cause) {
    Set<String> roots = new LinkedHashSet<>(components.getTransformsMap().keySet());
    for (RunnerApi.PTransform each : components.getTransformsMap().values()) {
      each.getSubtransformsList().forEach(roots::remove);
    }
    RunnerApi.Pipeline proto =
        RunnerApi.Pipeline.newBuilder()
            .setComponents(components)
            .addAllRootTransformIds(roots)
            .build();
    Problems problems = new Problems();
    operators(proto, pipeline, problems);
    problems.throwIfAny();
    return cause;
  }
}
