package io.moondial.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogFact.Screen;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StoredPushTest {
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
                        State.QUEUED,
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

    @Test
    void every_property_is_written() {
        assertThat(Arrays.stream(StoredPush.class.getRecordComponents()))
                .allSatisfy(
                        it ->
                                assertThat(WITH_EVERYTHING.json())
                                        .contains("\"" + it.getName() + "\":"));
    }
}
