/** Programs on the handset: Lua with the functions of QuecPython's modules ussd and utime. */
@NullMarked
package io.moondial.handset.program;

import org.jspecify.annotations.NullMarked;
