/**
 * Turns a Beam pipeline into an {@link dev.lintel.translation.plan.ExecutionPlan}: the pipeline
 * goes to its portable proto, the proto's transforms become operators, and the operators are fused
 * into stages. Called by the runner, once a job, on the thread that calls {@code Pipeline.run()}.
 *
 * <p>The order of reading: {@link dev.lintel.translation.PipelineTranslator}, {@code
 * TransformGraph}, {@code OperatorTranslator}, {@code StageFuser}.
 *
 * <p>It must not import anything of {@code dev.lintel} outside {@code dev.lintel.translation}, nor
 * {@code org.apache.beam.runners}: a plan knows no thread, no state backend and no clock.
 */
@NullMarked
package dev.lintel.translation;

import org.jspecify.annotations.NullMarked;
