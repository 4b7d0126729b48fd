package dev.lintel.runner.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.claim.Lease;
import dev.lintel.runner.checkpoint.claim.LeaseKeeper;
import dev.lintel.runner.checkpoint.claim.Machine;
import dev.lintel.runner.checkpoint.claim.RunOwner;
import dev.lintel.runner.checkpoint.storage.FaultyDisk;
import dev.lintel.runner.checkpoint.storage.FaultyProcess;
import dev.lintel.runner.checkpoint.storage.JobStorage;
import dev.lintel.runner.checkpoint.storage.RestoreCheck;
import dev.lintel.runner.checkpoint.storage.StorageSettings;
import dev.lintel.runner.checkpoint.storage.StorageWorkers;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Waker;
import dev.lintel.runner.job.Job;
import dev.lintel.runner.job.JobHost;
import dev.lintel.runner.job.JobState;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process with a job in it: one life of the job. It can die at any operation of its storage and
 * between any two turns, and be stopped for a while, as by a SIGSTOP.
 */
final class SimulatedProcess extends FaultyProcess implements JobHost {
  /** How many files are stored at a time: so many may overtake one. */
  private static final int IO_AT_A_TIME = 4;

  private static final int FAILING = 120;
  private static final int DYING = 900;

  private static final Pattern MANIFEST = Pattern.compile("/manifests/\\d+\\.json$");

  private static final Pattern ENDED = Pattern.compile("\"ended\"\\s*:\\s*true");

  private final Story story;
  private final int index;
  private final String name;
  private final boolean spared;
  private final List<SimulatedLoop> loops = new ArrayList<>();
  private final List<Runnable> io = new ArrayList<>();
  private @Nullable Job job;
  private @Nullable Lease lease;
  private @Nullable Consumer<FencedException> onFenced;
  private long nextBeatMillis;
  private boolean dead;
  private boolean ended;
  private boolean stopped;
  private boolean open;
  private int ids;
  private int decisions;
  private @Nullable String lastManifest;

  /**
   * @param spared nothing fails in it
   */
  SimulatedProcess(Story story, int index, String name, FaultyDisk disk, boolean spared) {
    super(name, disk);
    this.story = story;
    this.index = index;
    this.name = name;
    this.spared = spared;
  }

  int index() {
    return index;
  }

  boolean isSpared() {
    return spared;
  }

  // ---- its life ----

  void checkAlive() {
    if (dead) {
      throw new Crash();
    }
  }

  void die() {
    if (World.get().has(Mutation.LOST_MANIFEST) && lastManifest != null) {
      disk().delete(lastManifest);
    }
    dead = true;
    loops.clear();
    io.clear();
    lease = null;
  }

  boolean isDead() {
    return dead;
  }

  /** Nothing more happens in it. */
  boolean isOver() {
    return dead || ended;
  }

  /** It has turns, if it is not over. */
  boolean isMoving() {
    return !stopped && !open;
  }

  void stop() {
    stopped = true;
  }

  void goOn() {
    stopped = false;
  }

  boolean isStopped() {
    return stopped;
  }

  @Nullable Job job() {
    return job;
  }

  @Nullable JobState state() {
    return job == null || !ended ? null : job.state();
  }

  /** How many checkpoints it has made real. */
  int decisions() {
    return decisions;
  }

  // ---- its turns ----

  /** Something happens in it; what, is random. A turn is open until it returns. */
  void turn(SplittableRandom random) {
    open = true;
    try {
      int what = random.nextInt(100);
      if (what < 12 && !io.isEmpty()) {
        ioTurn(random);
      } else if (what < 26 || loops.isEmpty()) {
        coordinatorTurn();
      } else {
        taskTurn();
      }
    } finally {
      open = false;
    }
  }

  private void ioTurn(SplittableRandom random) {
    Runnable work = io.remove(random.nextInt(Math.min(IO_AT_A_TIME, io.size())));
    story.trace(this, "io");
    work.run();
  }

  private void coordinatorTurn() {
    Job running = job;
    if (running != null && !running.cycle(0)) {
      checkAlive();
      story.trace(this, "the job ends");
      ended = true;
    }
  }

  /** A task of those that are not within a turn. */
  void taskTurn() {
    if (!loops.isEmpty()) {
      SimulatedLoop loop = loops.get(story.random().nextInt(loops.size()));
      if (loop.isReady()) {
        story.trace(this, loop);
        loop.turn();
      } else if (loop.isTerminated()) {
        loops.remove(loop);
      }
    }
  }

  /** The thread that keeps the lease, which waits for nobody. */
  void beatIfDue(long nowMillis) {
    Lease kept = lease;
    Consumer<FencedException> told = onFenced;
    if (kept != null && told != null && !stopped && !isOver() && nowMillis >= nextBeatMillis) {
      nextBeatMillis = nowMillis + Story.LEASE_MILLIS / 5;
      try {
        kept.beat();
      } catch (FencedException e) {
        lease = null;
        told.accept(e);
      } catch (IOException e) {
        story.trace(this, "a beat fails");
      }
    }
  }

  // ---- what the job takes from it ----

  @Override
  public Clock clock() {
    return story::nowMillis;
  }

  @Override
  public String uniqueId() {
    return name + "-" + ++ids;
  }

  @Override
  public TaskLoop loop(Consumer<TaskEvent> coordinator) {
    return new SimulatedLoop(this, coordinator);
  }

  void trace(String what) {
    story.trace(this, what);
  }

  void add(SimulatedLoop loop) {
    loops.add(loop);
  }

  @Override
  public Channel channel(Waker producer, Waker consumer) {
    return story.channel(producer, consumer);
  }

  @Override
  public Turns start(Job started) {
    job = started;
    return () -> {};
  }

  @Override
  public Contest.Rules rules(long leaseMillis) {
    return new Contest.Rules(leaseMillis, clock(), millis -> story.pause(this, millis), machine());
  }

  private Machine machine() {
    return new Machine() {
      @Override
      public RunOwner newRun(long nowMillis) {
        return new RunOwner(uniqueId(), "host", name, index, 0, nowMillis);
      }

      @Override
      public boolean isGone(RunOwner owner) {
        return story.process((int) owner.pid()).isOver();
      }

      @Override
      public boolean isHere(RunOwner owner) {
        return true;
      }
    };
  }

  @Override
  public JobStorage open(StorageSettings settings, RestoreCheck check)
      throws IOException, InterruptedException {
    JobStorage storage =
        JobStorage.open(settings, check, new StorageWorkers(io::add, Runnable::run, this::keep));
    World.get().claimed(this);
    return storage;
  }

  /** A storage does what it was asked to before it gives its lease back. */
  private LeaseKeeper.Kept keep(Lease kept, Consumer<FencedException> told) {
    lease = kept;
    onFenced = told;
    nextBeatMillis = story.nowMillis() + Story.LEASE_MILLIS / 5;
    return () -> {
      while (!io.isEmpty()) {
        io.remove(0).run();
      }
      lease = null;
      kept.close();
    };
  }

  // ---- its storage ----

  @Override
  protected Effect next(String operation, String path) {
    checkAlive();
    story.beforeOperation(this, operation, path);
    checkAlive();
    Effect effect = effect();
    if (effect == Effect.CRASHED || effect == Effect.DONE_AND_CRASHED) {
      story.trace(this, "dies while it does: " + operation + " " + path + " " + effect);
      die();
    } else if (effect != Effect.DONE) {
      story.trace(this, operation + " " + path + " " + effect);
    }
    if (operation.equals("rename") && MANIFEST.matcher(path).find() && isDone(effect)) {
      story.trace(this, "decides " + path);
      decisions++;
      lastManifest = path;
      if (saysEnded(path)) {
        story.jobHasEnded();
      }
    }
    return effect;
  }

  private boolean saysEnded(String path) {
    byte[] manifest = disk().get(path + ".tmp");
    return manifest != null && ENDED.matcher(new String(manifest, UTF_8)).find();
  }

  private Effect effect() {
    SplittableRandom random = story.random();
    if (spared || !story.hasFaults()) {
      return Effect.DONE;
    }
    if (random.nextInt(DYING) == 0) {
      return random.nextBoolean() ? Effect.CRASHED : Effect.DONE_AND_CRASHED;
    }
    if (random.nextInt(FAILING) == 0) {
      return random.nextBoolean() ? Effect.FAILED : Effect.DONE_AND_FAILED;
    }
    return Effect.DONE;
  }

  @Override
  protected int torn(int length) {
    return story.random().nextInt(length + 1);
  }

  /** With its tasks. */
  String describe() {
    StringBuilder text = new StringBuilder(name);
    text.append(dead ? ", dead" : "")
        .append(ended ? ", ended" : "")
        .append(stopped ? ", stopped" : "");
    text.append(", checkpoints: ").append(decisions).append('\n');
    loops.forEach(each -> text.append("  ").append(each.describe()).append('\n'));
    return text.toString();
  }

  @Override
  public String toString() {
    return name;
  }
}
