package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.storage.JobStorage;
import dev.lintel.runner.checkpoint.storage.RestoreCheck;
import dev.lintel.runner.checkpoint.storage.StorageSettings;
import java.io.IOException;

/** What a job's checkpoints take from the process that they are in: hold of the job's storage. */
public interface StorageHost {
  /** How the job's storage is claimed. */
  Contest.Rules rules(long leaseMillis);

  /** Claims a job's storage. */
  JobStorage open(StorageSettings settings, RestoreCheck check)
      throws IOException, InterruptedException;
}
