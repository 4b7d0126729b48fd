package dev.lintel.runner.job;

import dev.lintel.runner.exchange.Channel;
import dev.lintel.runner.exchange.Outbox.BackPressure;
import dev.lintel.runner.exchange.Waker;
import dev.lintel.runner.task.Inbox;
import dev.lintel.runner.task.TaskAssembly;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskLoop;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyGroups;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The loops of all tasks of a plan, and a channel for every pair of them that an exchange connects.
 */
final class TaskNetwork {
  private final ExecutionPlan plan;
  private final int parallelism;
  private final int maxParallelism;
  private final Map<TaskId, TaskLoop> loops;
  private final Map<ChannelId, Channel> channels = new HashMap<>();

  private record ChannelId(int exchange, int producerSlot, int consumerSlot) {}

  TaskNetwork(
      ExecutionPlan plan,
      int parallelism,
      int maxParallelism,
      LoopFactory loopFactory,
      ChannelFactory channelFactory) {
    this.plan = plan;
    this.parallelism = parallelism;
    this.maxParallelism = maxParallelism;
    this.loops = new LinkedHashMap<>();
    for (Stage stage : plan.stages()) {
      for (int slot = 0; slot < slots(stage); slot++) {
        TaskId id = new TaskId(stage.id(), slot);
        loops.put(id, loopFactory.loop(id));
      }
    }
    plan.exchanges().forEach(exchange -> connect(exchange, channelFactory));
  }

  /** Makes the loop of a task. */
  interface LoopFactory {
    TaskLoop loop(TaskId id);
  }

  /** Makes the channel between two tasks. */
  interface ChannelFactory {
    Channel channel(Waker producer, Waker consumer);
  }

  private int slots(Stage stage) {
    return stage.parallel() ? parallelism : 1;
  }

  /** The key groups that a task owns. */
  KeyGroupRange keyGroups(TaskId id) {
    return KeyGroups.rangeOf(id.slot(), maxParallelism, slots(plan.stages().get(id.stage())));
  }

  private void connect(Exchange exchange, ChannelFactory factory) {
    int producers = slots(plan.stages().get(exchange.producer()));
    int consumers = slots(plan.stages().get(exchange.consumer()));
    for (int producer = 0; producer < producers; producer++) {
      for (int consumer = 0; consumer < consumers; consumer++) {
        if (exchange.partitioning() != Partitioning.FORWARD || producer == consumer) {
          channels.put(
              new ChannelId(exchange.id(), producer, consumer),
              factory.channel(
                  loop(new TaskId(exchange.producer(), producer)),
                  loop(new TaskId(exchange.consumer(), consumer))));
        }
      }
    }
  }

  /** Lets go of what is still in the channels; the job has ended. */
  void clear() {
    channels.clear();
  }

  Map<TaskId, TaskLoop> loops() {
    return loops;
  }

  TaskLoop loop(TaskId id) {
    TaskLoop loop = loops.get(id);
    if (loop == null) {
      throw new IllegalStateException("Expected a task for " + id);
    }
    return loop;
  }

  /**
   * What connects one task to the others; side inputs come first, as they are to be taken first.
   */
  TaskAssembly.Edges edges(TaskId id) {
    List<Inbox> inboxes = new ArrayList<>();
    plan.exchanges().stream()
        .filter(each -> each.consumer() == id.stage())
        .sorted(Comparator.comparing(each -> each.sideInput() == null))
        .forEach(each -> inboxes.add(new Inbox(each, incoming(each, id.slot()))));
    return new Edges(id, inboxes);
  }

  private Channel[] incoming(Exchange exchange, int consumerSlot) {
    return existing(
        exchange,
        slots(plan.stages().get(exchange.producer())),
        producer -> new ChannelId(exchange.id(), producer, consumerSlot));
  }

  private Channel[] outgoing(Exchange exchange, int producerSlot) {
    return existing(
        exchange,
        slots(plan.stages().get(exchange.consumer())),
        consumer -> new ChannelId(exchange.id(), producerSlot, consumer));
  }

  private Channel[] existing(Exchange exchange, int count, IntFunction<ChannelId> id) {
    List<Channel> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      @Nullable Channel channel = channels.get(id.apply(i));
      if (channel != null) {
        found.add(channel);
      }
    }
    if (found.isEmpty()) {
      throw new IllegalStateException("Expected channels for exchange " + exchange);
    }
    return found.toArray(Channel[]::new);
  }

  private final class Edges implements TaskAssembly.Edges {
    private final TaskId id;
    private final List<Inbox> inboxes;

    Edges(TaskId id, List<Inbox> inboxes) {
      this.id = id;
      this.inboxes = inboxes;
    }

    @Override
    public KeyGroupRange keyGroups() {
      return TaskNetwork.this.keyGroups(id);
    }

    @Override
    public int slots() {
      return TaskNetwork.this.slots(plan.stages().get(id.stage()));
    }

    @Override
    public List<Inbox> inboxes() {
      return inboxes;
    }

    @Override
    public List<Exchange> outgoing(Collection collection) {
      return plan.exchanges().stream()
          .filter(each -> each.producer() == id.stage())
          .filter(each -> each.collection().id().equals(collection.id()))
          .toList();
    }

    @Override
    public Channel[] channels(Exchange exchange) {
      return TaskNetwork.this.outgoing(exchange, id.slot());
    }

    @Override
    public BackPressure backPressure() {
      return loop(id);
    }
  }
}
