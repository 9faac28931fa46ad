"""The connection between a client and the application: its bounds, its deadlines and its flow."""
