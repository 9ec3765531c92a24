"""Language models: providers through LangChain, limits, the count of what was used, and a scripted one for tests."""
