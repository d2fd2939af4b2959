package io.moondial.channel.ss7;

import org.restcomm.protocols.ss7.tcap.asn.comp.GeneralProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.InvokeProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.Problem;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnErrorProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnResultProblemType;

/** What a Reject says (ITU-T Q.773 4.1), as a person reads it. */
final class ProblemWords {
    private ProblemWords() {}

    static String of(Problem problem) {
        if (problem.getInvokeProblemType() != null) {
            return words(problem.getInvokeProblemType());
        }
        if (problem.getReturnResultProblemType() != null) {
            return words(problem.getReturnResultProblemType());
        }
        if (problem.getReturnErrorProblemType() != null) {
            return words(problem.getReturnErrorProblemType());
        }
        return problem.getGeneralProblemType() == null
                ? "no problem given"
                : words(problem.getGeneralProblemType());
    }

    private static String words(GeneralProblemType problem) {
        return switch (problem) {
            case UnrecognizedComponent -> "unrecognized component";
            case MistypedComponent -> "mistyped component";
            case BadlyStructuredComponent -> "badly structured component";
        };
    }

    private static String words(InvokeProblemType problem) {
        return switch (problem) {
            case DuplicateInvokeID -> "duplicate invoke id";
            case UnrecognizedOperation -> "unrecognized operation";
            case MistypedParameter -> "mistyped parameter of an invoke";
            case ResourceLimitation -> "resource limitation";
            case InitiatingRelease -> "initiating release";
            case UnrechognizedLinkedID -> "unrecognized linked id";
            case LinkedResponseUnexpected -> "linked response unexpected";
            case UnexpectedLinkedOperation -> "unexpected linked operation";
        };
    }

    private static String words(ReturnResultProblemType problem) {
        return switch (problem) {
            case UnrecognizedInvokeID -> "a result for an unrecognized invoke id";
            case ReturnResultUnexpected -> "unexpected result";
            case MistypedParameter -> "mistyped parameter of a result";
        };
    }

    private static String words(ReturnErrorProblemType problem) {
        return switch (problem) {
            case UnrecognizedInvokeID -> "an error for an unrecognized invoke id";
            case ReturnErrorUnexpected -> "unexpected error";
            case UnrecognizedError -> "unrecognized error";
            case UnexpectedError -> "an error that the operation does not have";
            case MistypedParameter -> "mistyped parameter of an error";
        };
    }
}
