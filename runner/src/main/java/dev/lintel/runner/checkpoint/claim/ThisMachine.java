package dev.lintel.runner.checkpoint.claim;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The machine as the operating system shows it. */
public final class ThisMachine implements Machine {
  /** A process's start is told from the machine's boot, which is known to about a second. */
  private static final long START_TOLERANCE_MILLIS = 2_000;

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESSES = Path.of("/proc/self/ns/pid");

  /** Tells the runs of this process from each other. */
  private static final AtomicLong RUNS = new AtomicLong();

  private final String host = hostName();
  private final String machine = host + machineId();
  private final ProcessHandle process = ProcessHandle.current();

  @Override
  public RunOwner newRun(long nowMillis) {
    long start = startMillis(process);
    String id =
        String.join(
            "-",
            Integer.toHexString(machine.hashCode()),
            Long.toString(process.pid()),
            Long.toHexString(start),
            Long.toHexString(nowMillis),
            Long.toString(RUNS.incrementAndGet()));
    return new RunOwner(id, host, machine, process.pid(), start, nowMillis);
  }

  @Override
  public boolean isGone(RunOwner owner) {
    if (!isHere(owner)) {
      return false;
    }
    Optional<ProcessHandle> found = ProcessHandle.of(owner.pid()).filter(ProcessHandle::isAlive);
    return found.isEmpty()
        || Math.abs(startMillis(found.get()) - owner.processStartMillis()) > START_TOLERANCE_MILLIS;
  }

  @Override
  public boolean isHere(RunOwner owner) {
    return owner.machine().equals(machine);
  }

  private static long startMillis(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String hostName() {
    try {
      return Files.isReadable(HOST_NAME)
          ? Files.readString(HOST_NAME).trim()
          : InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Two containers may have the same host name, but have processes of their own. */
  private static String machineId() {
    try {
      String boot = Files.isReadable(BOOT) ? " " + Files.readString(BOOT).trim() : "";
      return Files.isSymbolicLink(PROCESSES)
          ? boot + " " + Files.readSymbolicLink(PROCESSES)
          : boot;
    } catch (IOException e) {
      return "";
    }
  }
}
