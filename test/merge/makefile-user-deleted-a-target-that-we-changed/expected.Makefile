.PHONY: build test

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .
