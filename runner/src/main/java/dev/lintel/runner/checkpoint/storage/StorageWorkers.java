package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.LeaseKeeper;
import java.util.concurrent.Executor;

/**
 * Who does a storage's work.
 *
 * @param io stores, decides and deletes; if it is a thread pool, the storage ends it
 * @param fetching reads while the caller waits
 * @param keeper keeps the lease
 */
public record StorageWorkers(Executor io, Executor fetching, LeaseKeeper keeper) {}
