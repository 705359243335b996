/// Stands for the door itself, which needs NIO: what is fuzzed needs its name only.
public struct SaslauthdDoor {}
