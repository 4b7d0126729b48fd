package dev.lintel.validates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.ClassNameFilter.excludeClassNamePatterns;
import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.launcher.TagFilter.excludeTags;
import static org.junit.platform.launcher.TagFilter.includeTags;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.UsesJavaExpansionService;
import org.apache.beam.sdk.testing.UsesPythonExpansionService;
import org.apache.beam.sdk.testing.UsesSdkHarnessEnvironment;
import org.apache.beam.sdk.testing.ValidatesRunner;
import org.apache.beam.sdk.transforms.GroupByKeyTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The suite sees a broken runner.
 *
 * <p>Runs Beam's tests, chosen as the pom chooses them, with {@link BrokenRunner}. Most of them
 * only fail because TestPipeline counts the assertions that were reached: if a change ever turned
 * that off, a runner that does nothing would pass nearly everything.
 */
class HarnessTest {

  private static final String OPTIONS = "beamTestPipelineOptions";

  private String optionsBefore;

  @BeforeEach
  void chooseBrokenRunner() {
    optionsBefore =
        System.setProperty(OPTIONS, "[\"--runner=" + BrokenRunner.class.getName() + "\"]");
  }

  @AfterEach
  void restoreOptions() {
    if (optionsBefore == null) {
      System.clearProperty(OPTIONS);
    } else {
      System.setProperty(OPTIONS, optionsBefore);
    }
  }

  @Test
  void aRunnerThatDropsEveryElementFailsMostOfTheSuite() throws URISyntaxException {
    TestExecutionSummary summary = runSuite();

    assertThat(summary.getTestsFailedCount()).isGreaterThan(300);
    // Tests of exceptions at construction and of empty results pass with any runner.
    assertThat(summary.getTestsSucceededCount()).isLessThan(60);
  }

  private static TestExecutionSummary runSuite() throws URISyntaxException {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request(), summary);
    return summary.getSummary();
  }

  private static LauncherDiscoveryRequest request() throws URISyntaxException {
    Path testsJar =
        Path.of(GroupByKeyTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(testsJar.getFileName().toString()).endsWith("-tests.jar");
    assertThat(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS).isEqualTo(OPTIONS);
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(testsJar)))
        .filters(
            includeClassNamePatterns("org\\.apache\\.beam\\..*Test.*"),
            excludeClassNamePatterns(".*\\.GroupByKeyTest", ".*\\.TextIOReadTest"),
            includeTags(ValidatesRunner.class.getName()),
            excludeTags(
                UsesSdkHarnessEnvironment.class.getName(),
                UsesJavaExpansionService.class.getName(),
                UsesPythonExpansionService.class.getName()))
        .build();
  }
}
