package dev.lintel.runner.metrics;

import java.util.List;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricFiltering;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.util.HistogramData;

/**
 * Beam's results, and the histograms beside them: {@code MetricQueryResults.create} takes
 * histograms and drops them (Beam 2.73.0).
 */
final class ResultsWithHistograms extends MetricResults {
  private final MetricResults others;
  private final List<MetricResult<HistogramData>> histograms;

  ResultsWithHistograms(MetricResults others, List<MetricResult<HistogramData>> histograms) {
    this.others = others;
    this.histograms = histograms;
  }

  @Override
  public MetricQueryResults queryMetrics(MetricsFilter filter) {
    return new Answer(
        others.queryMetrics(filter),
        histograms.stream()
            .filter(each -> MetricFiltering.matches(filter, each.getKey()))
            .toList());
  }

  private static final class Answer extends MetricQueryResults {
    private final MetricQueryResults others;
    private final List<MetricResult<HistogramData>> histograms;

    Answer(MetricQueryResults others, List<MetricResult<HistogramData>> histograms) {
      this.others = others;
      this.histograms = histograms;
    }

    @Override
    public Iterable<MetricResult<Long>> getCounters() {
      return others.getCounters();
    }

    @Override
    public Iterable<MetricResult<DistributionResult>> getDistributions() {
      return others.getDistributions();
    }

    @Override
    public Iterable<MetricResult<GaugeResult>> getGauges() {
      return others.getGauges();
    }

    @Override
    public Iterable<MetricResult<StringSetResult>> getStringSets() {
      return others.getStringSets();
    }

    @Override
    public Iterable<MetricResult<BoundedTrieResult>> getBoundedTries() {
      return others.getBoundedTries();
    }

    @Override
    public Iterable<MetricResult<HistogramData>> getHistograms() {
      return histograms;
    }
  }
}
