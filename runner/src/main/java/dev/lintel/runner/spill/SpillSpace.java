package dev.lintel.runner.spill;

/**
 * Where a job's data beyond memory goes: the memory that it may take before, and the folder that it
 * then goes to.
 */
public record SpillSpace(MemoryBudget memory, SpillDirectory directory) {}
