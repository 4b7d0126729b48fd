package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.clock.Clock;
import org.apache.beam.sdk.util.ReleaseInfo;

/** What every manifest of a run says of it. */
record JobIdentity(String name, String lintelVersion, String beamVersion, Clock clock) {
  static JobIdentity of(String name, Clock clock) {
    String version = JobIdentity.class.getPackage().getImplementationVersion();
    return new JobIdentity(
        name,
        version == null ? "unreleased" : version,
        ReleaseInfo.getReleaseInfo().getVersion(),
        clock);
  }
}
