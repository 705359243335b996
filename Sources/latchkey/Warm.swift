import ArgumentParser
import Hummingbird
import Yams

@main struct Main: ParsableCommand {}
