package dev.lintel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerTest {
  @TempDir Path folder;

  @Test
  void whatItHoldsIsStillThereAfterAKill() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(folder)) {
      String address = broker.bootstrapServers();
      broker.createTopic("kept", 2);
      assertThatThrownBy(broker::restart).hasMessageContaining("Expected a broker that was killed");

      broker.kill();
      broker.restart();

      assertThat(broker.bootstrapServers()).isEqualTo(address);
      try (Admin admin =
          Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address))) {
        assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS)).contains("kept");
      }
    }
  }
}
