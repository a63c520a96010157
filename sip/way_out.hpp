#pragma once
// Which of our sockets a request leaves by. The stack binds each address of the machine by itself when it is told to
// bind all, and then sends everything from the first one: IPv6 from an IPv4 socket, which fails, and past the
// connection that a phone has to the second address. It offers no door to this choice, but it asks for a socket by a
// public function of its transports (tport_by_name), whose name is bound at run time: way_out.cpp has it first.

namespace lifeline::sip {

/// Before the first stack is made. Without a call of it a linker would leave way_out.cpp out of the program: the name
/// is defined by the library already.
void install_way_out();
/// False where the stack was built so that its own function is called (-Bsymbolic): then all is as described above.
/// True once a request has left.
bool chooses_way_out();

} // namespace lifeline::sip
