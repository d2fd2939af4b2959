package io.moondial.push;

import static io.moondial.push.PushBench.SOMEBODY;
import static io.moondial.push.PushBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogFact.Screen;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class StoredPushTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final StoredPush WITH_EVERYTHING =
            new StoredPush(
                    1,
                    "engine-1",
                    "0a1b",
                    "2c3d",
                    "27761485501",
                    Screen.MENU,
                    "Agree? \"1\" yes\n2 no €",
                    "survey",
                    "{\"shop\":\"Plaza\"}",
                    "survey",
                    Priority.URGENT,
                    "http:crm",
                    true,
                    true,
                    15,
                    State.FAILED,
                    1_700_000_000_001L,
                    1_700_000_000_002L,
                    1_700_000_000_003L,
                    3,
                    1,
                    27,
                    Reason.ABSENT_SUBSCRIBER,
                    "1",
                    "Logic-1632976990-05f220e1");

    @Test
    void what_was_written_is_read_be_it_there_or_absent() {
        StoredPush bare =
                new StoredPush(
                        1,
                        "e",
                        "i",
                        "",
                        "27761485501",
                        null,
                        null,
                        null,
                        null,
                        "menu",
                        Priority.NORMAL,
                        "test",
                        false,
                        false,
                        null,
                        State.COMPLETED,
                        1,
                        2,
                        3,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null);

        assertThat(StoredPush.read(WITH_EVERYTHING.json())).contains(WITH_EVERYTHING);
        assertThat(StoredPush.read(bare.json())).contains(bare);
        assertThat(bare.json()).doesNotContain("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "owner",
                "id",
                "digest",
                "msisdn",
                "screen",
                "text",
                "what",
                "priority",
                "by",
                "state",
                "accepted",
                "expires",
                "changed"
            })
    void what_lacks_something_of_a_push_that_waits_is_not_read(String property) {
        String whole =
                StoredPush.of("engine-1", "2c3d", text(SOMEBODY), report("notify"), 0).json();
        ObjectNode json = (ObjectNode) JSON.readTree(whole);
        assertThat(StoredPush.read(json.toString())).map(StoredPush::json).contains(whole);

        assertThat(json.remove(property)).isNotNull();
        assertThat(StoredPush.read(json.toString())).isEmpty();
        assertThat(StoredPush.read(json.putNull(property).toString())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "[]", "1", "{\"format\":1", "\u0000"})
    void what_is_no_push_is_not_read(String text) {
        assertThat(StoredPush.read(text)).isEmpty();
    }

    private static PushReport report(String what) {
        Instant now = Instant.parse("2026-01-05T08:00:00Z");
        return new PushReport(
                "0a1b",
                SOMEBODY,
                what,
                Priority.NORMAL,
                "test",
                State.QUEUED,
                now,
                now,
                now,
                0,
                null,
                null,
                null,
                null,
                null,
                false,
                null);
    }

    @Test
    void every_property_is_written() {
        assertThat(Arrays.stream(StoredPush.class.getRecordComponents()))
                .allSatisfy(
                        it ->
                                assertThat(WITH_EVERYTHING.json())
                                        .contains("\"" + it.getName() + "\":"));
    }
}
