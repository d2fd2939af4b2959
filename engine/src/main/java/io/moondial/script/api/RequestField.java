package io.moondial.script.api;

import java.util.List;

/**
 * A field of the table that a script is called with.
 *
 * @param type as Lua names it
 * @param meaning one phrase, for the reference page
 */
public record RequestField(String name, String type, String meaning) {
    private static final String STRING = "string";
    private static final String NUMBER = "number";

    /** All of them, in the order of the reference page. */
    public static final List<RequestField> ALL =
            List.of(
                    new RequestField(
                            "text",
                            STRING,
                            "what was dialled, or for a UssdNotify script what was notified; in clear even if the trigger masks a part, see \"Secret answers\". A pushed script has none"),
                    new RequestField("push_id", STRING, "in a pushed script: the id of the push"),
                    new RequestField(
                            "args",
                            "table",
                            "in a pushed script: what it was pushed with, as json.decode gives it"),
                    new RequestField(
                            "dcs",
                            NUMBER,
                            "its data coding scheme (3GPP TS 23.038 5); of a push, that of the texts that the script sends"),
                    new RequestField("msisdn", STRING, "the subscriber's number, digits"),
                    new RequestField("msisdn_noa", NUMBER, "its nature of address"),
                    new RequestField("msisdn_npi", NUMBER, "its numbering plan"),
                    new RequestField(
                            "destination",
                            STRING,
                            "the destination reference of the dialog, digits"),
                    new RequestField("destination_noa", NUMBER, "its nature of address"),
                    new RequestField("destination_npi", NUMBER, "its numbering plan"),
                    new RequestField("origination", STRING, "the origination reference, digits"),
                    new RequestField("origination_noa", NUMBER, "its nature of address"),
                    new RequestField("origination_npi", NUMBER, "its numbering plan"),
                    new RequestField(
                            "imsi",
                            STRING,
                            "the destination reference if it is an IMSI (numbering plan 6)"),
                    new RequestField(
                            "local_tid",
                            STRING,
                            "our transaction id, lower-case hex as on the wire"),
                    new RequestField("remote_tid", STRING, "the far side's"),
                    new RequestField("local_pc", NUMBER, "our point code"),
                    new RequestField("local_ssn", NUMBER, "our subsystem number"),
                    new RequestField("local_gt", STRING, "our global title, digits"),
                    new RequestField("remote_pc", NUMBER, "the far side's point code"),
                    new RequestField("remote_ssn", NUMBER, "the far side's subsystem number"),
                    new RequestField("remote_gt", STRING, "the far side's global title, digits"));
}
